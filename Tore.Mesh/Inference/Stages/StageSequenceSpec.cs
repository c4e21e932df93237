using Tore.Mesh.Inference.Sampling;

namespace Tore.Mesh.Inference.Stages;

/// <summary>What a stage needs to know of a sequence before its first row arrives.</summary>
public sealed record StageSequenceSpec
{
    /// <summary>The request's id.</summary>
    public required string RequestId { get; init; }

    /// <summary>Positions to reserve: prompt and generated tokens together.</summary>
    public required int Positions { get; init; }

    /// <summary>How the last stage draws tokens.</summary>
    public SamplingOptions Sampling { get; init; } = SamplingOptions.Greedy;

    /// <summary>The prompt, where the last stage has a repetition penalty to apply.</summary>
    public IReadOnlyList<int> PromptIds { get; init; } = [];

    /// <summary>Tokens that end the generation; for the last stage.</summary>
    public IReadOnlySet<int> EndIds { get; init; } = new HashSet<int>();

    /// <summary>Tokens to draw at most; for the last stage.</summary>
    public int MaxTokens { get; init; } = int.MaxValue;

    /// <summary>Alternatives to report with each token; null for no log-probabilities.</summary>
    public int? TopLogProbs { get; init; }

    /// <summary>Whether to hash the logits of every drawn token.</summary>
    public bool WantDigest { get; init; }
}
