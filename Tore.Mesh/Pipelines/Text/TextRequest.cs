using Tore.Mesh.Inference.Sampling;

namespace Tore.Mesh.Pipelines.Text;

/// <summary>
/// A request in text: what every door of a node (CLI, <c>/inference/generate</c>, the OpenAI dialect) turns its input into.
/// </summary>
public sealed record TextRequest
{
    /// <summary>The caller's id; it travels through every stage (tore-0001 §5.8).</summary>
    public required string RequestId { get; init; }

    /// <summary>A label, or <c>sha256:</c> and at least 12 hex digits.</summary>
    public required string ModelId { get; init; }

    /// <summary>What to continue or answer.</summary>
    public required TextPrompt Prompt { get; init; }

    /// <summary>Most tokens to generate; null means what the context leaves, at most <see cref="DefaultMaxTokens"/>.</summary>
    public int? MaxTokens { get; init; }

    /// <summary>Cap of an absent <see cref="MaxTokens"/>; null caps at the context alone.</summary>
    public int? DefaultMaxTokens { get; init; }

    /// <summary>How tokens are drawn; its seed is taken from <see cref="Seed"/>.</summary>
    public SamplingOptions Sampling { get; init; } = new();

    /// <summary>The seed; null has one chosen and told.</summary>
    public ulong? Seed { get; init; }

    /// <summary>Texts that end the generation and are not shown.</summary>
    public IReadOnlyList<string> Stop { get; init; } = [];

    /// <summary>Alternatives to report a token; 0 none, null no log-probabilities at all.</summary>
    public int? TopLogProbs { get; init; }

    /// <summary>Whether to hash the logits of every generated position.</summary>
    public bool WantDigest { get; init; }

    /// <summary>Whether special tokens in the caller's text are read as such; else they are plain text, and nobody forges turns.</summary>
    public bool ParseSpecial { get; init; }
}
