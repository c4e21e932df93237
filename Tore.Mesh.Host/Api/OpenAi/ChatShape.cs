using System.Text.Json;
using Tore.Mesh.Pipelines.Text;

namespace Tore.Mesh.Host.Api.OpenAi;

/// <summary><c>chat.completion</c> and <c>chat.completion.chunk</c>.</summary>
internal sealed class ChatShape(CompletionHead head, TokenView? view) : CompletionShape
{
    /// <inheritdoc/>
    public override byte[]? Opening() => Chunk(new ChatChoice { Delta = new ChatText { Role = "assistant", Content = "" } });

    /// <inheritdoc/>
    public override byte[] Delta(TextDelta delta) =>
        Chunk(new ChatChoice { Delta = new ChatText { Content = delta.Text }, Logprobs = LogProbs(delta.Tokens) });

    /// <inheritdoc/>
    public override byte[] Closing(string reason) => Chunk(new ChatChoice { Delta = new ChatText(), FinishReason = reason });

    /// <inheritdoc/>
    public override byte[] Counts(Usage usage) => Write(Empty("chat.completion.chunk") with { Usage = usage });

    /// <inheritdoc/>
    public override byte[] Whole(string text, IReadOnlyList<TextToken> tokens, string reason, Usage usage) =>
        Write(Empty("chat.completion") with
        {
            Choices = [new ChatChoice { Message = new ChatText { Role = "assistant", Content = text }, Logprobs = LogProbs(tokens),
            FinishReason = reason }],
            Usage = usage,
        });

    private ChatLogProbs? LogProbs(IReadOnlyList<TextToken> tokens) => view is null ? null
        : new ChatLogProbs([.. tokens.Select(view.Chat)]);

    private byte[] Chunk(ChatChoice choice) => Write(Empty("chat.completion.chunk") with { Choices = [choice] });

    private ChatCompletion Empty(string type) => new()
    {
        Id = head.Id,
        Object = type,
        Created = head.Created,
        Model = head.Model,
        Seed = head.Seed,
        Choices = [],
    };

    private static byte[] Write(ChatCompletion body) => JsonSerializer.SerializeToUtf8Bytes(body, ApiJson.Bodies.ChatCompletion);
}
