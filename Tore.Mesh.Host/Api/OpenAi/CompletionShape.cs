using Tore.Mesh.Pipelines.Text;

namespace Tore.Mesh.Host.Api.OpenAi;

/// <summary>How one OpenAI route writes the events of a generation, streamed or whole.</summary>
internal abstract class CompletionShape
{
    /// <summary>The first event of a stream; null where the route has none.</summary>
    public abstract byte[]? Opening();

    /// <summary>An event with more text.</summary>
    public abstract byte[] Delta(TextDelta delta);

    /// <summary>The event that tells why the text ended.</summary>
    public abstract byte[] Closing(string reason);

    /// <summary>The event with the counts alone.</summary>
    public abstract byte[] Counts(Usage usage);

    /// <summary>The whole answer.</summary>
    public abstract byte[] Whole(string text, IReadOnlyList<TextToken> tokens, string reason, Usage usage);
}
