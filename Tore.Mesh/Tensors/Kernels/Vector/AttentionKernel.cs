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
    private const int MaxTileRows = 64;

    /// <summary>
    /// Floats of <see cref="AttentionJob.Scratch"/> for jobs that reach no further than <paramref name="positions"/> positions.
    /// </summary>
    public static long ScratchFloats(int positions) => Math.Max(TargetFloats, (long)RowTile * Padded(positions));

    /// <summary>Runs one job.</summary>
    public static void Run(in AttentionJob job, KernelSet set)
    {
        if (job.Tokens == 0)
        {
            return;
        }
        int stride = Padded(job.FirstPosition + job.Tokens);
        int tileRows = Math.Clamp(TargetFloats / stride, RowTile, MaxTileRows) / RowTile * RowTile;
        Run(job, set, tileRows, stride);
    }

    /// <summary>Runs one job with a chosen tile, a multiple of 4: for tests, since no tile changes a bit.</summary>
    public static void Run(in AttentionJob job, KernelSet set, int tileRows, int stride)
    {
        bool whole = job.HeadDim % Reduction.Lanes == 0;
        switch (set)
        {
            case KernelSet.Avx512 or KernelSet.Avx512Vnni when whole:
                AttentionSimd<Lanes512, ScoreTile512>.Run(job, tileRows, stride);
                break;
            case KernelSet.Avx2 or KernelSet.Avx2Vnni when whole:
                AttentionSimd<Lanes256, ScoreTileNarrow<Lanes256>>.Run(job, tileRows, stride);
                break;
            case KernelSet.Neon when whole:
                AttentionSimd<Lanes128, ScoreTileNarrow<Lanes128>>.Run(job, tileRows, stride);
                break;
            default:
                AttentionScalar.Run(job);
                break;
        }
    }

    private static int Padded(int positions) => (positions + KvPage.Positions - 1) / KvPage.Positions * KvPage.Positions;
}
