using System.Net;
using System.Text.Json.Nodes;
using Tore.Mesh.Host.Api;
using Tore.Mesh.Primitives;
using Tore.Mesh.Tests.Support;

namespace Tore.Mesh.Tests.Host;

/// <summary><c>/v1/completions</c> over a provider that says what the test scripts.</summary>
public sealed class CompletionTests
{
    private const string Route = "/v1/completions";

    [Fact]
    public async Task Post_PlainPrompt_AnswersWithTextUsageAndSeed()
    {
        var provider = new ScriptedProvider("Günaydın!");
        await using ApiFixture api = await ApiFixture.StartAsync(provider);
        (HttpStatusCode status, JsonNode body) = await api.PostAsync(Route, new { model = "script/one", prompt = "hey" });
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("Günaydın!", (string?)body["choices"]![0]!["text"]);
        Assert.Equal("stop", (string?)body["choices"]![0]!["finish_reason"]);
        Assert.Equal(ApiFixture.ChosenSeed, (long)body["seed"]!);
        Assert.Equal(3, (int)body["usage"]!["prompt_tokens"]!);
        // Eleven bytes, each a token, and the end token.
        Assert.Equal(12, (int)body["usage"]!["completion_tokens"]!);
        Assert.Equal(15, (int)body["usage"]!["total_tokens"]!);
        Assert.Equal(0, provider.SlotsInUse);
    }

    [Fact]
    public async Task Post_NoMaxTokens_AsksForWhatTheContextLeaves()
    {
        var provider = new ScriptedProvider("x", context: 100);
        await using ApiFixture api = await ApiFixture.StartAsync(provider);
        await api.PostAsync(Route, new { model = "script/one", prompt = "12345" });
        Assert.Equal(95, provider.LastRequest!.MaxTokens);
    }

    [Fact]
    public async Task Post_MaxTokensInsideACharacter_ShowsNoHalfOfIt()
    {
        await using ApiFixture api = await ApiFixture.StartAsync(new ScriptedProvider("aé"));
        (_, JsonNode body) = await api.PostAsync(Route, new { model = "script/one", prompt = "p", max_tokens = 2 });
        Assert.Equal("a", (string?)body["choices"]![0]!["text"]);
        Assert.Equal("length", (string?)body["choices"]![0]!["finish_reason"]);
        Assert.Equal(2, (int)body["usage"]!["completion_tokens"]!);
    }

    [Fact]
    public async Task Stream_StopAcrossTokens_NeverShowsPartOfIt()
    {
        var provider = new ScriptedProvider("one ## two ### three");
        await using ApiFixture api = await ApiFixture.StartAsync(provider);
        List<string> events = await api.StreamAsync(
            Route, new { model = "script/one", prompt = "p", stream = true, stop = "###", seed = -5 });
        Assert.Equal("data: [DONE]", events[^1]);
        JsonNode[] chunks = [.. events[..^1].Select(e => JsonNode.Parse(e["data: ".Length..])!)];
        Assert.Equal("one ## two ", string.Concat(chunks.Select(c => (string?)c["choices"]![0]!["text"])));
        Assert.Equal("stop", (string?)chunks[^1]["choices"]![0]!["finish_reason"]);
        Assert.All(chunks, c => Assert.Equal(-5, (long)c["seed"]!));
        Assert.Equal(unchecked((ulong)-5L), provider.LastRequest!.Sampling.Seed);
        Assert.Equal(0, provider.SlotsInUse);
    }

    [Fact]
    public async Task Stream_IncludeUsage_EndsWithCountsAlone()
    {
        await using ApiFixture api = await ApiFixture.StartAsync(new ScriptedProvider("ab"));
        List<string> events = await api.StreamAsync(
            Route, new { model = "script/one", prompt = "p", stream = true, stream_options = new { include_usage = true } });
        JsonNode last = JsonNode.Parse(events[^2]["data: ".Length..])!;
        Assert.Empty(last["choices"]!.AsArray());
        Assert.Equal(3, (int)last["usage"]!["completion_tokens"]!);
    }

    [Fact]
    public async Task Stream_LongPrefill_CarriesComments()
    {
        var ready = new TaskCompletionSource();
        await using ApiFixture api = await ApiFixture.StartAsync(
            new ScriptedProvider("x") { Prefill = _ => ready.Task },
                timeouts: new ApiTimeouts { StreamComment = TimeSpan.FromMilliseconds(5) });
        using var request = new HttpRequestMessage(HttpMethod.Post, Route)
        {
            Content = new StringContent("""{"model":"script/one","prompt":"p","stream":true}""", null, "application/json"),
        };
        using HttpResponseMessage answer = await api.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        using var reader = new StreamReader(await answer.Content.ReadAsStreamAsync());
        string? first = await reader.ReadLineAsync();
        Assert.StartsWith(":", first, StringComparison.Ordinal);
        ready.SetResult();
        Assert.Contains("data: [DONE]", await reader.ReadToEndAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stream_FailureMidway_IsAnErrorEventWithoutDone()
    {
        await using ApiFixture api = await ApiFixture.StartAsync(
            new ScriptedProvider("ab") { Failure = new ToreException(ErrorCodes.NumericOverflow, "Infinite logits.") });
        List<string> events = await api.StreamAsync(Route, new { model = "script/one", prompt = "p", stream = true });
        Assert.Equal("numeric_overflow", (string?)JsonNode.Parse(events[^1]["data: ".Length..])!["error"]!["code"]);
        Assert.Equal(1, api.Api.Metrics.Failed.Value);
    }

    [Fact]
    public async Task Post_LogProbs_ListsShownTokensWithOffsets()
    {
        await using ApiFixture api = await ApiFixture.StartAsync(new ScriptedProvider("ab"));
        (_, JsonNode body) = await api.PostAsync(Route, new { model = "script/one", prompt = "p", logprobs = 2 });
        JsonNode logprobs = body["choices"]![0]!["logprobs"]!;
        Assert.Equal(["a", "b"], logprobs["tokens"]!.AsArray().Select(t => (string?)t));
        Assert.Equal([0, 1], logprobs["text_offset"]!.AsArray().Select(t => (int)t!));
        Assert.Equal(-0.5f, (float)logprobs["top_logprobs"]![0]!["a"]!);
        Assert.Equal(-9999f, (float)logprobs["top_logprobs"]![0]!["<end>"]!);
    }

    [Theory]
    [InlineData("""{"prompt":"p"}""", 400, "invalid_request", "model")]
    [InlineData("""{"model":"nobody","prompt":"p"}""", 404, "model_not_found", "model")]
    [InlineData("""{"model":"script/one"}""", 400, "invalid_request", "prompt")]
    [InlineData("""{"model":"script/one","prompt":""}""", 400, "empty_prompt", null)]
    [InlineData("""{"model":"script/one","prompt":[]}""", 400, "empty_prompt", null)]
    [InlineData("""{"model":"script/one","prompt":[999]}""", 400, "invalid_request", null)]
    [InlineData("""{"model":"script/one","prompt":["a","b"]}""", 400, "unsupported_parameter", "prompt")]
    [InlineData("""{"model":"script/one","prompt":"p","n":2}""", 400, "unsupported_parameter", "n")]
    [InlineData("""{"model":"script/one","prompt":"p","echo":true}""", 400, "unsupported_parameter", "echo")]
    [InlineData("""{"model":"script/one","prompt":"p","best_of":3}""", 400, "unsupported_parameter", "best_of")]
    [InlineData("""{"model":"script/one","prompt":"p","logit_bias":{"1":2}}""", 400, "unsupported_parameter", "logit_bias")]
    [InlineData("""{"model":"script/one","prompt":"p","max_tokens":0}""", 400, "invalid_request", "max_tokens")]
    [InlineData("""{"model":"script/one","prompt":"p","max_tokens":4096}""", 400, "context_length_exceeded", null)]
    [InlineData("""{"model":"script/one","prompt":"p","temperature":"hot"}""", 400, "invalid_request", "temperature")]
    [InlineData("""{"model":"script/one","prompt":"p","temperature":-1}""", 400, "invalid_request", "temperature")]
    [InlineData("""{"model":"script/one","prompt":"p","stop":["a",1]}""", 400, "invalid_request", "stop")]
    [InlineData("""{"model":"script/one","prompt":"p","stop":""}""", 400, "invalid_request", "stop")]
    [InlineData("""{"model":"script/one","prompt":"\ud800"}""", 400, "invalid_request", "prompt")]
    [InlineData("""{"model":"script/one","model":"b","prompt":"p"}""", 400, "invalid_request", null)]
    [InlineData("""{"model":""", 400, "invalid_request", null)]
    [InlineData("""[1]""", 400, "invalid_request", null)]
    public async Task Post_BadRequest_IsRefusedByName(string json, int status, string code, string? param)
    {
        var provider = new ScriptedProvider("x");
        await using ApiFixture api = await ApiFixture.StartAsync(provider);
        (HttpStatusCode answered, JsonNode body) = await api.PostTextAsync(Route, json);
        Assert.Equal(status, (int)answered);
        Assert.Equal(code, (string?)body["error"]!["code"]);
        Assert.Equal(param, (string?)body["error"]!["param"]);
        Assert.NotEmpty((string)body["error"]!["message"]!);
        Assert.Equal(0, provider.SlotsInUse);
    }

    [Fact]
    public async Task Post_NoSlotFree_Is503WithRetryAfter()
    {
        var provider = new ScriptedProvider("x") { Refusal = new ToreException(ErrorCodes.Busy, "All slots are taken.") };
        await using ApiFixture api = await ApiFixture.StartAsync(provider);
        using HttpResponseMessage answer = await api.Client.PostAsync(
            Route, new StringContent("""{"model":"script/one","prompt":"p","stream":true}""", null, "application/json"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.NotNull(answer.Headers.RetryAfter);
        Assert.Contains("\"busy\"", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }
}
