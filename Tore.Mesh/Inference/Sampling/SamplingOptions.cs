namespace Tore.Mesh.Inference.Sampling;

/// <summary>
/// How the next token is drawn, applied in this order: repetition penalty, temperature, top-k, top-p, min-p
/// (docs/arithmetic.md, Sampling). The same options, seed and logits give the same token on every machine.
/// </summary>
public sealed record SamplingOptions
{
    /// <summary>0 takes the best token; above, logits are divided by it. 0..2 is usual, at most 100.</summary>
    public float Temperature { get; init; } = 0.7f;

    /// <summary>Keep the k best; 0 keeps all.</summary>
    public int TopK { get; init; } = 40;

    /// <summary>Keep the smallest set whose probability reaches this; 1 keeps all.</summary>
    public float TopP { get; init; } = 0.95f;

    /// <summary>Drop what is less probable than this share of the best; 0 drops none.</summary>
    public float MinP { get; init; } = 0.05f;

    /// <summary>Divides (or multiplies, when negative) the logits of tokens seen before; 1 changes nothing.</summary>
    public float RepeatPenalty { get; init; } = 1f;

    /// <summary>Key of the counter-based generator; the counter is the position.</summary>
    public ulong Seed { get; init; }

    /// <summary>The best token each time.</summary>
    public static SamplingOptions Greedy { get; } = new() { Temperature = 0 };
}
