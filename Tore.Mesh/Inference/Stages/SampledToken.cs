namespace Tore.Mesh.Inference.Stages;

/// <summary>A token that the last stage has drawn. The spans are valid during the call that gives it.</summary>
public readonly ref struct SampledToken
{
    /// <summary>The token.</summary>
    public required int Id { get; init; }

    /// <summary>Its absolute position.</summary>
    public required int Position { get; init; }

    /// <summary>Whether it ends the sequence: an end token, or the last one asked for.</summary>
    public required bool IsLast { get; init; }

    /// <summary>Natural logarithm of its probability, when asked for.</summary>
    public float? LogProb { get; init; }

    /// <summary>Ids of the best alternatives, best first.</summary>
    public ReadOnlySpan<int> TopIds { get; init; }

    /// <summary>Log-probabilities of <see cref="TopIds"/>.</summary>
    public ReadOnlySpan<float> TopLogProbs { get; init; }

    /// <summary>On the last token, when asked for: SHA-256 over the logits of every drawn position, 32 bytes; else empty.</summary>
    public ReadOnlySpan<byte> Digest { get; init; }
}
