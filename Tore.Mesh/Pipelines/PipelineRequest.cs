using Tore.Mesh.Inference.Sampling;

namespace Tore.Mesh.Pipelines;

/// <summary>What a pipeline is asked to generate: ids in, ids out; text is the caller's.</summary>
public sealed record PipelineRequest
{
    /// <summary>Goes through every stage, log line and answer (tore-0001 §5.8).</summary>
    public required string RequestId { get; init; }

    /// <summary>The prompt, at least one id, special tokens included.</summary>
    public required IReadOnlyList<int> PromptIds { get; init; }

    /// <summary>Most tokens to generate; prompt and these fit the context.</summary>
    public required int MaxTokens { get; init; }

    /// <summary>How tokens are drawn.</summary>
    public required SamplingOptions Sampling { get; init; }

    /// <summary>A generated token of this set ends the generation; it is delivered as the last.</summary>
    public required IReadOnlySet<int> EndIds { get; init; }

    /// <summary>How many alternatives to report a token; 0 none, null no log-probabilities at all.</summary>
    public int? TopLogProbs { get; init; }

    /// <summary>Whether to hash the logits of every generated position.</summary>
    public bool WantDigest { get; init; }
}
