using System.Runtime.CompilerServices;

namespace Tore.Mesh.Tensors.Kernels.Matrix;

/// <summary>Walks the tokens of a panel of rows, four at a time, and takes care of groups that are not full.</summary>
internal static unsafe class TileRunner<V, TLanes, TPanel>
    where V : struct
    where TLanes : ILanes<V>
    where TPanel : IPanel
{
    /// <summary>Runs every tile of the panel.</summary>
    /// <param name="tile">The tile of the first token and the first rows; the steps are those between groups.</param>
    /// <param name="tokens">Tokens.</param>
    /// <param name="groups">Groups in the panel, 1 or 2 (2 only where a vector holds a whole group).</param>
    /// <param name="rows">Rows of the matrix from the panel's first on.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(ref Tile tile, int tokens, int groups, int rows)
    {
        if (TLanes.Rows == 16)
        {
            if (groups == 2)
            {
                RunTokens<Shape2X1, Shape2X2, Shape2X3, Shape2X4>(ref tile, tokens, 32, rows);
            }
            else
            {
                RunTokens<Shape1X1, Shape1X2, Shape1X3, Shape1X4>(ref tile, tokens, 16, rows);
            }
            return;
        }
        tile.WeightStep = 4 * TLanes.Rows;
        tile.ScaleStep = 4 * TLanes.Rows;
        int span = 2 * TLanes.Rows;
        Tile first = tile;
        for (int at = 0; at < Math.Min(rows, PackedMatrix.GroupRows); at += span)
        {
            tile.Weights = first.Weights + (4 * at);
            tile.Scales = first.Scales + (4 * at);
            tile.Results = first.Results + at;
            tile.Activations = first.Activations;
            RunTokens<Shape2X1, Shape2X2, Shape2X3, Shape2X4>(ref tile, tokens, span, rows - at);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void RunTokens<T1, T2, T3, T4>(ref Tile tile, int tokens, int span, int rows)
        where T1 : ITileShape
        where T2 : ITileShape
        where T3 : ITileShape
        where T4 : ITileShape
    {
        while (tokens > 0)
        {
            int count = Math.Min(tokens, 4);
            if (rows < span)
            {
                RunPartly<T1, T2, T3, T4>(tile, count, rows, span);
            }
            else
            {
                RunShape<T1, T2, T3, T4>(tile, count);
            }
            tokens -= count;
            tile.Activations += count * tile.ActivationStride;
            tile.Results += count * tile.ResultStride;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void RunShape<T1, T2, T3, T4>(in Tile tile, int count)
        where T1 : ITileShape
        where T2 : ITileShape
        where T3 : ITileShape
        where T4 : ITileShape
    {
        switch (count)
        {
            case 1:
                TPanel.Run<T1>(tile);
                break;
            case 2:
                TPanel.Run<T2>(tile);
                break;
            case 3:
                TPanel.Run<T3>(tile);
                break;
            default:
                TPanel.Run<T4>(tile);
                break;
        }
    }

    // The matrix ends within the panel: the sums live in a full-sized copy while the kernel runs.
    [SkipLocalsInit]
    private static void RunPartly<T1, T2, T3, T4>(Tile tile, int count, int rows, int span)
        where T1 : ITileShape
        where T2 : ITileShape
        where T3 : ITileShape
        where T4 : ITileShape
    {
        float* full = stackalloc float[4 * 32];
        float* results = tile.Results;
        nint stride = tile.ResultStride;
        if (!tile.IsFirst)
        {
            for (int i = 0; i < count * span; i++)
            {
                full[i] = i % span < rows ? results[(i / span * stride) + (i % span)] : 0;
            }
        }
        tile.Results = full;
        tile.ResultStride = span;
        RunShape<T1, T2, T3, T4>(tile, count);
        for (int i = 0; i < count * span; i++)
        {
            if (i % span < rows)
            {
                results[(i / span * stride) + (i % span)] = full[i];
            }
        }
    }
}
