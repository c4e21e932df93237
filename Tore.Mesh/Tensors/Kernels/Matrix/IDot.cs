namespace Tore.Mesh.Tensors.Kernels.Matrix;

/// <summary>
/// The primitive of all quantized products: each 32-bit lane holds four unsigned weights of a row and four signed activations; their
/// products join a running sum. A sum lives as a chain (16 or 32 bits wide) for some steps and then joins the int32 total. Exact in any
/// order.
/// </summary>
internal interface IDot<V>
    where V : struct
{
    /// <summary>
    /// Whether chains are 16 bits wide, so that a type's steps before saturation count, and sub-scales come as int16 pairs.
    /// </summary>
    static abstract bool IsNarrow { get; }

    /// <summary>Whether the offset 128 of Q8_0 is taken off each weight, so that the sum needs no correction.</summary>
    static abstract bool TakesOffset { get; }

    /// <summary>A chain without a step yet: a wide one carries the total, a narrow one is zero.</summary>
    static abstract V Open(V total);

    /// <summary>
    /// The first step of a chain that begins after a total (a wide chain carries the total, a narrow one begins at zero).
    /// </summary>
    static abstract V Begin(V total, V weights, V activations);

    /// <summary>The first step of a chain that begins at zero.</summary>
    static abstract V First(V weights, V activations);

    /// <summary>One step: four products a lane.</summary>
    static abstract V Step(V chain, V weights, V activations);

    /// <summary>The total with the chain's sum.</summary>
    static abstract V Close(V total, V chain);

    /// <summary>The total with the sum of a chain that began after zero times the row's sub-block scale.</summary>
    static abstract V CloseScaled(V total, V chain, V scale);
}
