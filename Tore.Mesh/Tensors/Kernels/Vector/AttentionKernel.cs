namespace Tore.Mesh.Tensors.Kernels.Vector;

/// <summary>
/// Attention with grouped queries over a paged cache (docs/arithmetic.md, Layers). Scores of a whole row come first, then their exact
/// maximum, exponentials and sum, then the values: no online rescaling, so the result does not depend on tiles, groups or pages.
/// </summary>
internal static unsafe class AttentionKernel
{
    // Scores of the rows in work at once: half of a 512 KiB second-level cache, the smallest around.
    private const int TargetFloats = 64 * 1024;
    private const int RowTile = 4;

    /// <summary>Floats of <see cref="AttentionJob.Scratch"/> for jobs that reach no further than <paramref name="positions"/> positions.</summary>
    public static long ScratchFloats(int positions) => Math.Max(TargetFloats, (long)RowTile * Padded(positions));

    /// <summary>Runs one job.</summary>
    public static void Run(in AttentionJob job, KernelSet set)
    {
        _ = set;
        AttentionScalar.Run(job);
    }

    private static int Padded(int positions) => (positions + KvPage.Positions - 1) / KvPage.Positions * KvPage.Positions;
}
