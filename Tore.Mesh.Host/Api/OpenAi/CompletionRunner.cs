using System.Text;
using Microsoft.AspNetCore.Http;
using Tore.Mesh.Pipelines.Text;

namespace Tore.Mesh.Host.Api.OpenAi;

/// <summary>Runs one OpenAI request and writes its answer: whole, or as a stream that ends with <c>[DONE]</c>.</summary>
internal sealed class CompletionRunner(
    HttpContext http, ApiContext api, SharedParameters parameters, Func<CompletionHead, TextStarted, CompletionShape> shapeOf)
{
    private CompletionShape _shape = null!;

    /// <summary>Answers the request; errors before the first byte are the caller's to write.</summary>
    public Task RunAsync(TextRequest request) => parameters.Stream ? StreamAsync(request) : AnswerAsync(request);

    private async Task AnswerAsync(TextRequest request)
    {
        var text = new StringBuilder();
        List<TextToken> tokens = [];
        TextFinished finished = null!;
        await GenerationRun.RunAsync(api, request, e =>
        {
            switch (e)
            {
                case TextStarted started:
                    Begin(request, started);
                    break;
                case TextDelta delta:
                    text.Append(delta.Text);
                    tokens.AddRange(delta.Tokens);
                    break;
                case TextFinished end:
                    finished = end;
                    break;
            }
            return Task.CompletedTask;
        }, () => Task.CompletedTask, http.RequestAborted);
        byte[] body = _shape.Whole(text.ToString(), tokens, finished.Reason, UsageOf(finished));
        await Answers.WriteAsync(http, body);
    }

    private async Task StreamAsync(TextRequest request)
    {
        var stream = new EventStream(http, api.Timeouts, api.Time, api.Metrics);
        try
        {
            await GenerationRun.RunAsync(
                api, request, e => SendAsync(stream, request, e), () => stream.HasStarted ? stream.CommentAsync() : Task.CompletedTask,
                http.RequestAborted);
        }
        catch (Exception error) when (stream.HasStarted && error is not OperationCanceledException)
        {
            await stream.SendAsync(ApiErrors.OpenAiBody(ApiErrors.Explain(error)));
        }
    }

    private async Task SendAsync(EventStream stream, TextRequest request, TextEvent e)
    {
        switch (e)
        {
            case TextStarted started:
                Begin(request, started);
                await stream.StartAsync();
                if (_shape.Opening() is byte[] opening)
                {
                    await stream.SendAsync(opening);
                }
                break;
            case TextDelta { Text.Length: 0, Tokens.Count: 0 }:
                break;
            case TextDelta delta when delta.Text.Length > 0 || parameters.LogProbs:
                await stream.SendAsync(_shape.Delta(delta));
                break;
            case TextFinished end:
                await stream.SendAsync(_shape.Closing(end.Reason));
                if (parameters.IncludeUsage)
                {
                    await stream.SendAsync(_shape.Counts(UsageOf(end)));
                }
                await stream.DoneAsync();
                break;
        }
    }

    private void Begin(TextRequest request, TextStarted started)
    {
        var head = new CompletionHead(
            request.RequestId, api.Time.GetUtcNow().ToUnixTimeSeconds(), started.Model.Label, parameters.Seed ?? (long)started.Seed);
        _shape = shapeOf(head, started);
    }

    private static Usage UsageOf(TextFinished end) => new(end.PromptTokens, end.Ids.Count, end.PromptTokens + end.Ids.Count);
}
