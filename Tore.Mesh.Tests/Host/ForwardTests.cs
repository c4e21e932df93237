using System.Net;
using System.Runtime.InteropServices;
using System.Text.Json.Nodes;
using Tore.Mesh.Inference;
using Tore.Mesh.Inference.Sampling;
using Tore.Mesh.Inference.Stages;
using Tore.Mesh.Pipelines;
using Tore.Mesh.Pipelines.Forward;
using Tore.Mesh.Pipelines.Local;
using Tore.Mesh.Primitives;
using Tore.Mesh.Tests.Support;

namespace Tore.Mesh.Tests.Host;

/// <summary>tore-0001's activation server, driven as a foreign pipeline executor drives it, with the real model.</summary>
public sealed class ForwardTests : IAsyncLifetime
{
    private const string Model = "stories";
    private const int Tokens = 8;

    private readonly ManagedBackend _backend = new();
    private LocalPipelineProvider _whole = null!;
    private int[] _prompt = null!;
    private int[] _expected = null!;

    public async ValueTask InitializeAsync()
    {
        _whole = StoriesModel.Load(_backend);
        List<int> ids = [];
        _whole.Models[0].Text!.Tokenizer.Encode(StoriesModel.Prompt, addSpecial: true, parseSpecial: false, ids);
        _prompt = [.. ids];
        await using ITokenPipeline pipeline = await _whole.AcquireAsync(_whole.Models[0], 64, CancellationToken.None);
        var request = new PipelineRequest
        {
            RequestId = "reference",
            PromptIds = _prompt,
            MaxTokens = Tokens,
            Sampling = SamplingOptions.Greedy,
            EndIds = new HashSet<int>(),
        };
        _expected = await pipeline.GenerateAsync(request, CancellationToken.None).Select(t => t.Id).ToArrayAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _whole.DisposeAsync();
        _backend.Dispose();
    }

    [Fact]
    public async Task Forward_TwoShardsOneTokenACall_GivesTheTokensOfOneNode()
    {
        await using var first = new StageWorker(StoriesModel.LoadShard(_backend, new LayerRange(0, 2)));
        await using var last = new StageWorker(StoriesModel.LoadShard(_backend, new LayerRange(3, 7)));
        await using ApiFixture a = await StartAsync(first);
        await using ApiFixture b = await StartAsync(last);
        List<int> generated = [];
        // The prompt in two chunks, then a token a call.
        await PassAsync(a, b, _prompt[..3], 0, 0);
        generated.AddRange(await PassAsync(a, b, _prompt[3..], 3, 1));
        while (generated.Count < Tokens)
        {
            generated.AddRange(await PassAsync(a, b, [generated[^1]], _prompt.Length + generated.Count - 1, 1));
        }
        Assert.Equal(_expected, generated);
        using HttpResponseMessage freed = await a.Client.DeleteAsync("/shard/forward/r-1");
        Assert.Equal(HttpStatusCode.OK, freed.StatusCode);
        Assert.Equal(0, first.OpenSequences);
        Assert.Equal(1, last.OpenSequences);
        using HttpResponseMessage again = await a.Client.DeleteAsync("/shard/forward/r-1");
        Assert.Equal(HttpStatusCode.NotFound, again.StatusCode);
    }

    [Fact]
    public async Task Forward_AllLayers_GivesUpToMaxNewTokens()
    {
        await using var worker = new StageWorker(StoriesModel.LoadShard(_backend, new LayerRange(0, 7)));
        await using ApiFixture api = await StartAsync(worker);
        (HttpStatusCode status, JsonNode body) = await api.PostAsync(
            "/shard/forward", Call(_prompt, 0, Tokens, isFirst: true, isLast: true));
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(_expected, body["output_ids"]!.AsArray().Select(i => (int)i!));
        Assert.StartsWith(" ", (string?)body["text"], StringComparison.Ordinal);
        Assert.Null(body["activations"]);
        Assert.True((double)body["flops_delivered"]! > 0);
        Assert.Equal(_prompt.Length + Tokens - 1, (int)body["position"]!);
    }

    [Fact]
    public async Task Forward_MoreRequestsThanSlots_GivesUpTheSilentOne()
    {
        await using var worker = new StageWorker(StoriesModel.LoadShard(_backend, new LayerRange(0, 7), slots: 1));
        await using ApiFixture api = await StartAsync(worker);
        await api.PostAsync("/shard/forward", Call(_prompt, 0, 1, isFirst: true, isLast: true, request: "one"));
        (HttpStatusCode status, _) = await api.PostAsync(
            "/shard/forward", Call(_prompt, 0, 1, isFirst: true, isLast: true, request: "two"));
        Assert.Equal(HttpStatusCode.OK, status);
        (status, JsonNode body) = await api.PostAsync(
            "/shard/forward", Call([5], _prompt.Length, 1, isFirst: true, isLast: true, request: "one"));
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("start it anew", (string?)body["error"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("true,true", "\"request_id\":\"r\"", "input_ids")]
    [InlineData("false,true", "\"request_id\":\"r\",\"activations\":\"\"", "is_first_shard")]
    [InlineData("true,true", "\"input_ids\":[1]", "request_id")]
    [InlineData("true,true", "\"request_id\":\"r\",\"input_ids\":[99999],\"max_new_tokens\":1", "99999")]
    [InlineData("true,true", "\"request_id\":\"\",\"input_ids\":[1]", "request_id")]
    [InlineData("true,true", "\"request_id\":\"r\",\"input_ids\":[1],\"max_new_tokens\":513", "context")]
    [InlineData("true,true", "\"request_id\":\"r\",\"input_ids\":[1],\"position\":4", "position")]
    [InlineData("true,true", "\"request_id\":\"r\",\"input_ids\":[1],\"max_new_tokens\":-1", "max_new_tokens")]
    public async Task Forward_BadCall_Is400AndHoldsNothing(string place, string fields, string names)
    {
        string[] flags = place.Split(',');
        string json = $$"""{"model_id":"stories","is_first_shard":{{flags[0]}},"is_last_shard":{{flags[1]}},{{fields}}}""";
        await using var worker = new StageWorker(StoriesModel.LoadShard(_backend, new LayerRange(0, 7)));
        await using ApiFixture api = await StartAsync(worker);
        (HttpStatusCode status, JsonNode body) = await api.PostTextAsync("/shard/forward", json);
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains(names, (string?)body["error"], StringComparison.Ordinal);
        Assert.Equal(0, worker.OpenSequences);
    }

    /// <summary>A row of the model's width that holds no number.</summary>
    public static TheoryData<string> NoNumbersRows =>
        [Convert.ToBase64String(MemoryMarshal.AsBytes(Enumerable.Repeat(float.NaN, 128).ToArray().AsSpan()))];

    [Theory]
    [InlineData("AAAA")]
    [InlineData("not base64")]
    [InlineData("")]
    [MemberData(nameof(NoNumbersRows))]
    public async Task Forward_BadActivations_Is400(string activations)
    {
        await using var worker = new StageWorker(StoriesModel.LoadShard(_backend, new LayerRange(3, 7)));
        await using ApiFixture api = await StartAsync(worker);
        (HttpStatusCode status, JsonNode body) = await api.PostAsync(
            "/shard/forward", new { model_id = Model, request_id = "r", is_first_shard = false, is_last_shard = true, activations });
        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Contains("activations", (string?)body["error"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tokenize_Prompt_GivesIdsWithBos()
    {
        await using ApiFixture api = await ApiFixture.StartAsync(_whole);
        (HttpStatusCode status, JsonNode body) = await api.PostAsync(
            "/shard/tokenize", new { request_id = "r-1", model_id = Model, prompt = StoriesModel.Prompt });
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(_prompt, body["input_ids"]!.AsArray().Select(i => (int)i!));
        Assert.Equal(_prompt.Length, (int)body["token_count"]!);
        (status, body) = await api.PostAsync("/shard/tokenize", new { request_id = "r-1", model_id = Model, prompt = "" });
        Assert.Equal("empty_prompt", (string?)body["code"]);
        Assert.Equal(HttpStatusCode.BadRequest, status);
    }

    private static async Task<int[]> PassAsync(ApiFixture first, ApiFixture last, int[] ids, int position, int newTokens)
    {
        (HttpStatusCode status, JsonNode body) = await first.PostAsync(
            "/shard/forward", Call(ids, position, 0, isFirst: true, isLast: false));
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Null(body["output_ids"]);
        (status, body) = await last.PostAsync("/shard/forward", new
        {
            request_id = "r-1",
            model_id = Model,
            is_first_shard = false,
            is_last_shard = true,
            activations = (string?)body["activations"],
            position,
            max_new_tokens = newTokens,
            temperature = 0,
        });
        Assert.Equal(HttpStatusCode.OK, status);
        return [.. body["output_ids"]!.AsArray().Select(i => (int)i!)];
    }

    private static object Call(int[] ids, int position, int newTokens, bool isFirst, bool isLast, string request = "r-1") => new
    {
        request_id = request,
        model_id = Model,
        is_first_shard = isFirst,
        is_last_shard = isLast,
        input_ids = ids,
        position,
        max_new_tokens = newTokens,
        temperature = 0,
    };

    private Task<ApiFixture> StartAsync(StageWorker worker) =>
        ApiFixture.StartAsync(_whole, findShard: (_, _) => ValueTask.FromResult(new ForwardShard(_whole.Models[0], worker)));
}
