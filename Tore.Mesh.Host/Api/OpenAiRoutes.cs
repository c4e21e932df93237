using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tore.Mesh.Host.Api.OpenAi;
using Tore.Mesh.Pipelines;
using Tore.Mesh.Pipelines.Text;

namespace Tore.Mesh.Host.Api;

/// <summary>The OpenAI dialect: <c>/v1/models</c>, <c>/v1/completions</c>, <c>/v1/chat/completions</c>.</summary>
internal static class OpenAiRoutes
{
    public static void Map(IEndpointRouteBuilder routes, ApiContext api)
    {
        long started = api.Time.GetUtcNow().ToUnixTimeSeconds();
        routes.MapGet("/v1/models", (HttpContext http) => Answers.WriteAsync(
            http, new ModelList("list", [.. api.Inference.Provider.Models.Select(m => ModelOf(m, started))]), ApiJson.Bodies.ModelList));
        routes.MapGet("/v1/models/{**id}", async (HttpContext http) =>
        {
            ModelListing model = await api.Inference.Provider.ResolveAsync(RouteIds.Read(http, "id"), http.RequestAborted);
            await Answers.WriteAsync(http, ModelOf(model, started), ApiJson.Bodies.ModelObject);
        });
        routes.MapPost("/v1/chat/completions", (HttpContext http) => ChatAsync(http, api));
        routes.MapPost("/v1/completions", (HttpContext http) => CompleteAsync(http, api));
    }

    private static async Task ChatAsync(HttpContext http, ApiContext api)
    {
        JsonFields body = await JsonFields.ReadAsync(http);
        ChatParameters.RefuseUnsupported(body);
        int? top = ChatParameters.ReadTopLogProbs(body);
        SharedParameters shared = SharedParameters.Read(body) with { LogProbs = top is not null };
        var prompt = new TextPrompt.Chat(ChatParameters.ReadMessages(body));
        var runner = new CompletionRunner(http, api, shared, (head, started) => new ChatShape(head, ViewOf(top, started)));
        await runner.RunAsync(RequestOf("chatcmpl-", api, shared, prompt, top));
    }

    private static async Task CompleteAsync(HttpContext http, ApiContext api)
    {
        JsonFields body = await JsonFields.ReadAsync(http);
        CompletionParameters.RefuseUnsupported(body);
        int? top = body.Int("logprobs", 0, 20);
        SharedParameters shared = SharedParameters.Read(body) with { LogProbs = top is not null };
        TextPrompt prompt = CompletionParameters.ReadPrompt(body);
        var runner = new CompletionRunner(http, api, shared, (head, started) => new TextShape(head, ViewOf(top, started)));
        await runner.RunAsync(RequestOf("cmpl-", api, shared, prompt, top));
    }

    private static TextRequest RequestOf(string prefix, ApiContext api, SharedParameters shared, TextPrompt prompt, int? top) => new()
    {
        RequestId = prefix + Guid.NewGuid().ToString("N"),
        ModelId = shared.Model,
        Prompt = prompt,
        MaxTokens = shared.MaxTokens,
        Sampling = shared.Sampling,
        Seed = shared.Seed is long seed ? unchecked((ulong)seed) : null,
        Stop = shared.Stop,
        TopLogProbs = top,
        ParseSpecial = api.ParseSpecial,
    };

    private static TokenView? ViewOf(int? top, TextStarted started) => top is null ? null : new TokenView(started.Model.Text!.Tokenizer);

    private static ModelObject ModelOf(ModelListing model, long created) => new(
        model.Label, "model", created, "tore", model.IsReady, model.Digest.ToString(), model.Architecture, model.ContextLength,
        [.. model.MissingLayers.Select(r => r.ToString())]);
}
