using System.Text.Json;
using Tore.Mesh.Pipelines.Text;

namespace Tore.Mesh.Host.Api.OpenAi;

/// <summary><c>text_completion</c>, streamed or whole.</summary>
internal sealed class TextShape(CompletionHead head, TokenView? view) : CompletionShape
{
    private int _offset;

    /// <inheritdoc/>
    public override byte[]? Opening() => null;

    /// <inheritdoc/>
    public override byte[] Delta(TextDelta delta) => Write([new TextChoice { Text = delta.Text, Logprobs = LogProbs(delta.Tokens) }], null);

    /// <inheritdoc/>
    public override byte[] Closing(string reason) => Write([new TextChoice { Text = "", FinishReason = reason }], null);

    /// <inheritdoc/>
    public override byte[] Counts(Usage usage) => Write([], usage);

    /// <inheritdoc/>
    public override byte[] Whole(string text, IReadOnlyList<TextToken> tokens, string reason, Usage usage) =>
        Write([new TextChoice { Text = text, Logprobs = LogProbs(tokens), FinishReason = reason }], usage);

    private TextLogProbs? LogProbs(IReadOnlyList<TextToken> tokens) => view?.Completion(tokens, ref _offset);

    private byte[] Write(IReadOnlyList<TextChoice> choices, Usage? usage) => JsonSerializer.SerializeToUtf8Bytes(
        new TextCompletion { Id = head.Id, Created = head.Created, Model = head.Model, Seed = head.Seed, Choices = choices, Usage = usage },
        ApiJson.Bodies.TextCompletion);
}
