using System.Runtime.CompilerServices;

namespace Tore.Mesh.Tensors.Kernels.Matrix;

/// <summary>
/// The matrix product of a family of types. A run of blocks of one or two groups of rows is unpacked to a panel that stays in the first-level
/// cache; every tile of tokens then uses it, and the sums wait in the results between runs. A few tokens (decode) take short runs, so that
/// weights stream; many (prefill) take long ones.
/// </summary>
internal static unsafe class PanelProduct<V, TLanes, TPanel>
    where V : struct
    where TLanes : ILanes<V>
    where TPanel : IPanel
{
    private const int FewTokens = 8;

    /// <summary>See <see cref="MatrixProduct.Run"/>, without the bias.</summary>
    [SkipLocalsInit]
    public static void Run(PackedMatrix w, ActivationPanel x, int tokens, float* y, long yStride, int groupStart, int groupEnd)
    {
        int groupWeights = TPanel.LongRun * TPanel.WeightBytes;
        int groupScales = TPanel.LongRun * TPanel.ScaleBytes;
        byte* scratch = stackalloc byte[(2 * (groupWeights + groupScales)) + AlignedBuffer.Alignment];
        byte* weights = (byte*)(((nuint)scratch + AlignedBuffer.Alignment - 1) & ~(nuint)(AlignedBuffer.Alignment - 1));
        byte* scales = weights + (2 * groupWeights);
        int run = tokens <= FewTokens ? TPanel.ShortRun : TPanel.LongRun;
        Tile tile;
        tile.ActivationStride = (nint)x.Stride;
        tile.ResultStride = (nint)yStride;
        int together;
        for (int group = groupStart; group < groupEnd; group += together)
        {
            together = TLanes.Rows == PackedMatrix.GroupRows && tokens > FewTokens && group + 1 < groupEnd ? 2 : 1;
            PackedGroup packed = w.GroupAt(group);
            int row = group * PackedMatrix.GroupRows;
            for (int block = 0; block < w.Blocks; block += run)
            {
                int blocks = Math.Min(run, w.Blocks - block);
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
