using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tore.Mesh.Node;
using Tore.Mesh.Pipelines;
using Tore.Mesh.Pipelines.Text;

namespace Tore.Mesh.Host.Api;

/// <summary>tore-0001's client side: <c>/inference/generate</c>, <c>/inference/models</c>, <c>/inference/pipeline/{model_id}</c>.</summary>
internal static class InferenceRoutes
{
    /// <summary>The spec's default of <c>max_new_tokens</c>.</summary>
    private const int DefaultNewTokens = 256;

    public static void Map(IEndpointRouteBuilder routes, ApiContext api)
    {
        var pipelines = new PipelineView(api.Time);
        routes.MapPost("/inference/generate", (HttpContext http) => GenerateAsync(http, api));
        routes.MapGet("/inference/models", (HttpContext http) => Answers.WriteAsync(
            http, new InferenceModels([.. api.Status().Models.Select(ModelOf)]), ApiJson.Bodies.InferenceModels));
        routes.MapGet("/inference/pipeline/{**model_id}", async (HttpContext http) =>
        {
            ModelListing model = await api.Inference.Provider.ResolveAsync(RouteIds.Read(http, "model_id"), http.RequestAborted);
            await Answers.WriteAsync(http, pipelines.Of(model, api.Status()), ApiJson.Bodies.PipelineBody);
        });
    }

    private static async Task GenerateAsync(HttpContext http, ApiContext api)
    {
        long begin = api.Time.GetTimestamp();
        JsonFields body = await JsonFields.ReadAsync(http);
        body.Unsupported("stream", v => v.ValueKind == System.Text.Json.JsonValueKind.False, "Stream through /v1/completions.");
        if (body.String("precision") is not (null or "fp32" or "fp16" or "int8"))
        {
            throw JsonFields.Invalid("'precision' must be fp32, fp16 or int8; it sets the price only, the arithmetic is always the "
                + "canonical one.", "precision");
        }
        long? seed = body.Long("seed");
        var request = new TextRequest
        {
            RequestId = body.RequestId() ?? Guid.NewGuid().ToString(),
            ModelId = body.RequireString("model_id"),
            Prompt = new TextPrompt.Plain(body.RequireString("prompt")),
            MaxTokens = body.Int("max_new_tokens", 1, int.MaxValue),
            DefaultMaxTokens = DefaultNewTokens,
            Sampling = SamplingParameters.Read(body),
            Seed = seed is long given ? unchecked((ulong)given) : null,
            ParseSpecial = api.ParseSpecial,
        };
        var text = new StringBuilder();
        TextStarted started = null!;
        TextFinished finished = null!;
        await GenerationRun.RunAsync(api, request, e =>
        {
            started = e as TextStarted ?? started;
            finished = e as TextFinished ?? finished;
            text.Append((e as TextDelta)?.Text);
            return Task.CompletedTask;
        }, () => Task.CompletedTask, http.RequestAborted);
        string[] nodes = [.. started.Stages.Select(s => s.Node.ToString())];
        await Answers.WriteAsync(http, new InferenceResponse
        {
            RequestId = request.RequestId,
            Text = text.ToString(),
            OutputTokens = finished.Ids.Count,
            InputTokens = finished.PromptTokens,
            LatencyMs = Math.Round(api.Time.GetElapsedTime(begin).TotalMilliseconds, 3),
            ModelId = request.ModelId,
            PipelineNodes = nodes,
            Tokens = finished.Ids.Count,
            Pipeline = nodes,
            FinishReason = finished.Reason,
            Seed = seed ?? (long)started.Seed,
        }, ApiJson.Bodies.InferenceResponse);
    }

    private static InferenceModel ModelOf(ModelStatus model)
    {
        ModelListing listing = model.Listing;
        return new InferenceModel(
            listing.Label, listing.Label, listing.LayerCount, 1, Math.Clamp(model.Holders.Count, 1, listing.LayerCount), listing.IsReady,
            new ModelRegistryEntry(
                listing.Digest.ToString(), listing.Architecture, listing.ContextLength, model.Holders.Count,
                [.. listing.MissingLayers.Select(r => r.ToString())]));
    }
}
