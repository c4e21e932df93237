using System.Net;
using System.Text.Json.Nodes;
using Tore.Mesh.Pipelines;
using Tore.Mesh.Primitives;
using Tore.Mesh.Tests.Support;

namespace Tore.Mesh.Tests.Host;

/// <summary>tore-0001's client side, in tokenless mode.</summary>
public sealed class InferenceRouteTests
{
    private static readonly NodeId Other = new(new Guid("00000000-0000-8000-8000-000000000002"));

    [Fact]
    public async Task Generate_Prompt_AnswersWithEveryRequiredField()
    {
        await using ApiFixture api = await ApiFixture.StartAsync(new ScriptedProvider("a tale"));
        (HttpStatusCode status, JsonNode body) = await api.PostAsync(
            "/inference/generate", new
            {
                request_id = "r-1",
                node_id = "n-1",
                model_id = "script/one",
                prompt = "once",
                precision = "fp16"
            });
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("r-1", (string?)body["request_id"]);
        Assert.Equal("a tale", (string?)body["text"]);
        Assert.Equal(7, (int)body["output_tokens"]!);
        Assert.Equal(4, (int)body["input_tokens"]!);
        Assert.Equal(0, (decimal)body["gft_deducted"]!);
        Assert.Equal(0, (decimal)body["new_balance"]!);
        Assert.Equal("distributed", (string?)body["backend"]);
        Assert.True((double)body["latency_ms"]! > 0);
        Assert.True(body.AsObject().ContainsKey("ledger_ref") && body["ledger_ref"] is null);
        Assert.True(body.AsObject().ContainsKey("confirmed_at") && body["confirmed_at"] is null);
        Assert.Equal("script/one", (string?)body["model_id"]);
        Assert.Equal(ScriptedProvider.Node.ToString(), (string?)body["pipeline_nodes"]![0]);
        Assert.Equal(7, (int)body["tokens"]!);
        Assert.Single(body["pipeline"]!.AsArray());
        Assert.Equal(ApiFixture.ChosenSeed, (long)body["seed"]!);
    }

    [Theory]
    [InlineData(4096, 256)]
    [InlineData(100, 99)]
    public async Task Generate_NoMaxNewTokens_MeansAtMost256(int context, int expected)
    {
        var provider = new ScriptedProvider("x", context);
        await using ApiFixture api = await ApiFixture.StartAsync(provider);
        await api.PostAsync("/inference/generate", new { model_id = "script/one", prompt = "p" });
        Assert.Equal(expected, provider.LastRequest!.MaxTokens);
    }

    [Theory]
    [InlineData("""{"prompt":"p"}""", 400, "invalid_request")]
    [InlineData("""{"model_id":"script/one","prompt":""}""", 400, "empty_prompt")]
    [InlineData("""{"model_id":"script/one","prompt":"p","max_new_tokens":5000}""", 400, "context_length_exceeded")]
    [InlineData("""{"model_id":"script/one","prompt":"p","precision":"fp8"}""", 400, "invalid_request")]
    [InlineData("""{"model_id":"none","prompt":"p"}""", 404, "model_not_found")]
    public async Task Generate_BadRequest_IsErrorAndCode(string json, int status, string code)
    {
        await using ApiFixture api = await ApiFixture.StartAsync(new ScriptedProvider("x"));
        (HttpStatusCode answered, JsonNode body) = await api.PostTextAsync("/inference/generate", json);
        Assert.Equal(status, (int)answered);
        Assert.Equal(code, (string?)body["code"]);
        Assert.Equal((string?)body["error"], (string?)body["detail"]);
    }

    [Fact]
    public async Task Models_OneModel_ListsWhatImeceReads()
    {
        await using ApiFixture api = await ApiFixture.StartAsync(new ScriptedProvider());
        (_, JsonNode body) = await api.GetAsync("/inference/models");
        JsonNode model = Assert.Single(body["models"]!.AsArray())!;
        Assert.Equal("script/one", (string?)model["model_id"]);
        Assert.Equal("script/one", (string?)model["friendly_name"]);
        Assert.Equal(2, (int)model["total_layers"]!);
        Assert.True((bool)model["pipeline_available"]!);
    }

    [Theory]
    [InlineData("/inference/pipeline/script/one")]
    [InlineData("/inference/pipeline/script%2Fone")]
    public async Task Pipeline_IdWithASlash_ShowsTheRoute(string path)
    {
        PipelineStage[] route = [new(ScriptedProvider.Node, new LayerRange(0, 0)), new(Other, new LayerRange(1, 1))];
        await using ApiFixture api = await ApiFixture.StartAsync(new ScriptedProvider(), route: route);
        (HttpStatusCode status, JsonNode body) = await api.GetAsync(path);
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.True((bool)body["is_complete"]!);
        Assert.Equal(2, (int)body["layers_covered"]!);
        Assert.Equal([0, 1], body["shards"]!.AsArray().Select(s => (int)s!["layer_start"]!));
        Assert.Equal(api.Port, (int)body["shards"]![0]!["port"]!);
        Assert.Equal("http", (string?)body["shards"]![0]!["transports"]![0]!["transport"]);
        Assert.Equal(2, body["pipeline_nodes"]!.AsArray().Count);
    }

    [Fact]
    public async Task Pipeline_OtherComposition_HasAnotherId()
    {
        string id = await PipelineIdAsync([new PipelineStage(ScriptedProvider.Node, new LayerRange(0, 1))]);
        Assert.Equal(id, await PipelineIdAsync([new PipelineStage(ScriptedProvider.Node, new LayerRange(0, 1))]));
        Assert.NotEqual(id, await PipelineIdAsync([new PipelineStage(Other, new LayerRange(0, 1))]));
    }

    [Fact]
    public async Task Pipeline_UnknownModel_Is404()
    {
        await using ApiFixture api = await ApiFixture.StartAsync(new ScriptedProvider());
        (HttpStatusCode status, JsonNode body) = await api.GetAsync("/inference/pipeline/no/such");
        Assert.Equal(HttpStatusCode.NotFound, status);
        Assert.Equal("model_not_found", (string?)body["code"]);
    }

    [Fact]
    public async Task Health_Serving_SaysWhatIsHeld()
    {
        await using ApiFixture api = await ApiFixture.StartAsync(new ScriptedProvider());
        (HttpStatusCode status, JsonNode body) = await api.GetAsync("/health");
        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("ok", (string?)body["status"]);
        Assert.Equal("script/one", (string?)body["model_id"]);
        Assert.Equal(0, (int)body["layer_start"]!);
        Assert.Equal(1, (int)body["layer_end"]!);
        Assert.Equal(ScriptedProvider.Node.ToString(), (string?)body["node_id"]);
        Assert.True((bool)body["models"]![0]!["ready"]!);
    }

    [Fact]
    public async Task Metrics_AfterARequest_CountsIt()
    {
        await using ApiFixture api = await ApiFixture.StartAsync(new ScriptedProvider("abc"));
        await api.PostAsync("/inference/generate", new { model_id = "script/one", prompt = "once" });
        string text = await api.Client.GetStringAsync("/metrics");
        Assert.Contains("\ntore_requests_completed_total 1\n", text, StringComparison.Ordinal);
        Assert.Contains("\ntore_prompt_tokens_total 4\n", text, StringComparison.Ordinal);
        Assert.Contains("\ntore_generated_tokens_total 4\n", text, StringComparison.Ordinal);
        Assert.Contains("tore_model_ready{model=\"script/one\"} 1\n", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/models/script/one", 200)]
    [InlineData("/v1/models/script%2Fone", 200)]
    [InlineData("/v1/models/nobody", 404)]
    public async Task OpenAiModel_ById_IsFound(string path, int status)
    {
        await using ApiFixture api = await ApiFixture.StartAsync(new ScriptedProvider());
        (HttpStatusCode answered, JsonNode body) = await api.GetAsync(path);
        Assert.Equal(status, (int)answered);
        Assert.Equal(status == 200 ? "script/one" : null, (string?)body["id"]);
    }

    private static async Task<string> PipelineIdAsync(PipelineStage[] route)
    {
        await using ApiFixture api = await ApiFixture.StartAsync(new ScriptedProvider(), route: route);
        (_, JsonNode body) = await api.GetAsync("/inference/pipeline/script/one");
        return (string)body["pipeline_id"]!;
    }
}
