using System.Runtime.CompilerServices;

namespace Tore.Mesh.Tensors.Kernels.Matrix;

/// <summary>
/// The inner kernel of the float types: acc = fma(w[k], x[k], acc), k rising; 1 or 2 vectors of rows (a, b) by 1 to 4 tokens. What a
/// shape lacks is left out by the compiler.
/// </summary>
internal static unsafe class FloatTile<V, TLanes, TType, TShape, TSource>
    where V : struct
    where TLanes : ILanes<V>
    where TType : IFloatType
    where TShape : ITileShape
    where TSource : IWeightSource
{
    /// <summary>Runs the tile.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(in Tile tile)
    {
        byte* w = tile.Weights;
        nint step = tile.WeightStep;
        byte* x0 = tile.Activations, x1 = x0 + tile.ActivationStride, x2 = x1 + tile.ActivationStride, x3 = x2 + tile.ActivationStride;
        V a0 = Start(tile, 0, 0), a1 = Start(tile, 1, 0), a2 = Start(tile, 2, 0), a3 = Start(tile, 3, 0);
        V b0 = Start(tile, 0, 1), b1 = Start(tile, 1, 1), b2 = Start(tile, 2, 1), b3 = Start(tile, 3, 1);
        nint end = 4 * (nint)tile.Blocks;
        for (nint at = 0; at < end; at += 4)
        {
            if (!TSource.IsUnpacked)
            {
                TLanes.Prefetch(w + PanelProduct<V, TLanes, FloatPanel<V, TLanes, TType>>.PrefetchAhead);
            }
            V u = TType.Load<V, TLanes>(w);
            V v = TShape.Vectors > 1 ? TType.Load<V, TLanes>(w + step) : u;
            w += PackedMatrix.GroupRows * TType.ElementBytes;
            V t = Activation(x0 + at, 0);
            a0 = Step(u, t, a0, 0, 0);
            b0 = Step(v, t, b0, 0, 1);
            t = Activation(x1 + at, 1);
            a1 = Step(u, t, a1, 1, 0);
            b1 = Step(v, t, b1, 1, 1);
            t = Activation(x2 + at, 2);
            a2 = Step(u, t, a2, 2, 0);
            b2 = Step(v, t, b2, 2, 1);
            t = Activation(x3 + at, 3);
            a3 = Step(u, t, a3, 3, 0);
            b3 = Step(v, t, b3, 3, 1);
        }
        Finish(tile, a0, b0, 0);
        Finish(tile, a1, b1, 1);
        Finish(tile, a2, b2, 2);
        Finish(tile, a3, b3, 3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static bool Has(int token, int vector) => TShape.Tokens > token && TShape.Vectors > vector;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Start(in Tile tile, int token, int vector) => !Has(token, vector) || tile.IsFirst
        ? TLanes.Zero
        : TLanes.Load(tile.Results + (token * tile.ResultStride) + (vector * TLanes.Rows));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Activation(byte* x, int token) => Has(token, 0) ? TLanes.Broadcast(x) : TLanes.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Step(V weights, V activation, V sum, int token, int vector) =>
        Has(token, vector) ? TLanes.FusedMultiplyAdd(weights, activation, sum) : sum;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Finish(in Tile tile, V first, V second, int token)
    {
        if (Has(token, 0))
        {
            TLanes.Store(tile.Results + (token * tile.ResultStride), first);
        }
        if (Has(token, 1))
        {
            TLanes.Store(tile.Results + (token * tile.ResultStride) + TLanes.Rows, second);
        }
    }
}
