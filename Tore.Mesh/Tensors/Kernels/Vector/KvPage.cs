namespace Tore.Mesh.Tensors.Kernels.Vector;

/// <summary>
/// Layout of one page of the KV cache: <see cref="Positions"/> positions of one layer of one sequence, first the keys of all kv heads
/// (<c>[kvHead][position][headDim]</c>, f32), then the values the same way. Position p of a sequence is position p mod 64 of page p / 64.
/// </summary>
internal static class KvPage
{
    /// <summary>Positions in a page: a multiple of 16, so that the lane of a position is its place in the page mod 16.</summary>
    public const int Positions = 64;

    /// <summary>Floats in one page.</summary>
    public static long Floats(int kvHeads, int headDim) => 2L * kvHeads * Positions * headDim;

    /// <summary>Where in the page the key of a position and kv head begins, in floats.</summary>
    public static long KeyOffset(int kvHead, int positionInPage, int headDim) => (((long)kvHead * Positions) + positionInPage) * headDim;

    /// <summary>Where in the page the value of a position and kv head begins, in floats.</summary>
    public static long ValueOffset(int kvHeads, int kvHead, int positionInPage, int headDim) =>
        KeyOffset(kvHeads + kvHead, positionInPage, headDim);
}
