using System.Runtime.CompilerServices;

namespace Tore.Mesh.Tensors.Kernels.Matrix;

/// <summary>
/// The matrix product of a family of types. With many tokens (prefill) a run of blocks of one or two groups of rows is unpacked to a
/// panel that stays in the first-level cache; every tile of tokens then uses it, and the sums wait in the results between runs. With a
/// few (decode) the weights stream through the registers.
/// </summary>
internal static unsafe class PanelProduct<V, TLanes, TPanel>
    where V : struct
    where TLanes : ILanes<V>
    where TPanel : IPanel
{
    /// <summary>
    /// How far ahead of their use weights are asked for, in bytes: measured best on the reference machine, flat from 10 to 24 KiB.
    /// </summary>
    public const int PrefetchAhead = 12 * 1024;

    /// <summary>See <see cref="MatrixProduct.Run"/>, without the bias.</summary>
    public static void Run(PackedMatrix w, ActivationPanel x, int tokens, float* y, long yStride, int groupStart, int groupEnd)
    {
        if (tokens <= TPanel.FewTokens)
        {
            RunFew(w, x, tokens, y, (nint)yStride, groupStart, groupEnd);
        }
        else
        {
            RunMany(w, x, tokens, y, (nint)yStride, groupStart, groupEnd);
        }
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RunFew(PackedMatrix w, ActivationPanel x, int tokens, float* y, nint yStride, int groupStart, int groupEnd)
    {
        float* full = stackalloc float[TPanel.FewTokens * PackedMatrix.GroupRows];
        for (int group = groupStart; group < groupEnd; group++)
        {
            int row = group * PackedMatrix.GroupRows;
            int rows = w.Rows - row;
            if (rows >= PackedMatrix.GroupRows)
            {
                TPanel.RunStream(w.GroupAt(group), w.Blocks, x.Row(0), (nint)x.Stride, tokens, y + row, yStride);
                continue;
            }
            TPanel.RunStream(w.GroupAt(group), w.Blocks, x.Row(0), (nint)x.Stride, tokens, full, PackedMatrix.GroupRows);
            for (int i = 0; i < tokens * PackedMatrix.GroupRows; i++)
            {
                if (i % PackedMatrix.GroupRows < rows)
                {
                    y[(i / PackedMatrix.GroupRows * yStride) + row + (i % PackedMatrix.GroupRows)] = full[i];
                }
            }
        }
    }

    [SkipLocalsInit]
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RunMany(PackedMatrix w, ActivationPanel x, int tokens, float* y, nint yStride, int groupStart, int groupEnd)
    {
        int groupWeights = TPanel.LongRun * TPanel.WeightBytes;
        int groupScales = TPanel.LongRun * TPanel.ScaleBytes;
        byte* scratch = stackalloc byte[(2 * (groupWeights + groupScales)) + AlignedBuffer.Alignment];
        byte* weights = (byte*)(((nuint)scratch + AlignedBuffer.Alignment - 1) & ~(nuint)(AlignedBuffer.Alignment - 1));
        byte* scales = weights + (2 * groupWeights);
        Tile tile;
        tile.ActivationStride = (nint)x.Stride;
        tile.ResultStride = yStride;
        int together;
        for (int group = groupStart; group < groupEnd; group += together)
        {
            together = TLanes.Rows == PackedMatrix.GroupRows && group + 1 < groupEnd ? 2 : 1;
            PackedGroup packed = w.GroupAt(group);
            int row = group * PackedMatrix.GroupRows;
            for (int block = 0; block < w.Blocks; block += TPanel.LongRun)
            {
                int blocks = Math.Min(TPanel.LongRun, w.Blocks - block);
                TPanel.Unpack(packed, block, blocks, weights, scales);
                if (together == 2)
                {
                    TPanel.Unpack(w.GroupAt(group + 1), block, blocks, weights + groupWeights, scales + groupScales);
                }
                tile.Weights = TPanel.IsUnpacked ? packed.Quants + (block * (long)TPanel.WeightBytes) : weights;
                tile.WeightStep = TPanel.IsUnpacked ? (nint)w.Blocks * TPanel.WeightBytes : groupWeights;
                tile.Scales = scales;
                tile.ScaleStep = groupScales;
                tile.Activations = x.Row(0) + (block * (long)TPanel.ActivationBytes);
                tile.Blocks = blocks;
                tile.IsFirst = block == 0;
                tile.Results = y + row;
                TileRunner<V, TLanes, TPanel>.Run(ref tile, tokens, together, w.Rows - row);
            }
        }
    }
}
