namespace Tore.Mesh.Pipelines;

/// <summary>One token from the last stage.</summary>
/// <param name="Id">The token.</param>
/// <param name="Position">Its absolute position: the first generated token of a prompt of n ids has position n.</param>
public readonly record struct GeneratedToken(int Id, int Position)
{
    /// <summary>Natural logarithm of its probability before temperature and filters, when asked for.</summary>
    public float? LogProb { get; init; }

    /// <summary>The best alternatives, best first, when asked for.</summary>
    public IReadOnlyList<TokenLogProb>? Top { get; init; }

    /// <summary>
    /// On the last token, when asked for: SHA-256 over the f32 logits (little-endian) of every generated position, in
    /// lower-case hex.
    /// </summary>
    public string? Digest { get; init; }
}
