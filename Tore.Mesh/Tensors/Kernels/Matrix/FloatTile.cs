using System.Runtime.CompilerServices;

namespace Tore.Mesh.Tensors.Kernels.Matrix;

/// <summary>The inner kernel of the float types: acc = fma(w[k], x[k], acc), k rising; up to 2 vectors of rows by 4 tokens.</summary>
internal static unsafe class FloatTile<V, TLanes, TType, TShape>
    where V : struct
    where TLanes : ILanes<V>
    where TType : IFloatType
    where TShape : ITileShape
{
    /// <summary>Runs the tile.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(in Tile tile)
    {
        byte* w = tile.Weights;
        nint step = tile.WeightStep;
        byte* x0 = tile.Activations;
        byte* x1 = x0 + tile.ActivationStride;
        byte* x2 = x1 + tile.ActivationStride;
        byte* x3 = x2 + tile.ActivationStride;
        float* y = tile.Results;
        nint stride = tile.ResultStride;
        bool isFirst = tile.IsFirst;
        V a0 = Start(isFirst, y), b0 = TShape.Vectors > 1 ? Start(isFirst, y + TLanes.Rows) : TLanes.Zero;
        V a1 = TLanes.Zero, a2 = TLanes.Zero, a3 = TLanes.Zero, b1 = TLanes.Zero, b2 = TLanes.Zero, b3 = TLanes.Zero;
        if (TShape.Tokens > 1)
        {
            a1 = Start(isFirst, y + stride);
            b1 = TShape.Vectors > 1 ? Start(isFirst, y + stride + TLanes.Rows) : b1;
        }
        if (TShape.Tokens > 2)
        {
            a2 = Start(isFirst, y + (2 * stride));
            b2 = TShape.Vectors > 1 ? Start(isFirst, y + (2 * stride) + TLanes.Rows) : b2;
        }
        if (TShape.Tokens > 3)
        {
            a3 = Start(isFirst, y + (3 * stride));
            b3 = TShape.Vectors > 1 ? Start(isFirst, y + (3 * stride) + TLanes.Rows) : b3;
        }
        nint end = 4 * (nint)tile.Blocks;
        for (nint at = 0; at < end; at += 4)
        {
            TLanes.Prefetch(w + PanelProduct<V, TLanes, FloatPanel<V, TLanes, TType>>.PrefetchAhead);
            V u = TType.Load<V, TLanes>(w);
            V v = TShape.Vectors > 1 ? TType.Load<V, TLanes>(w + step) : u;
            w += PackedMatrix.GroupRows * TType.ElementBytes;
            V t = TLanes.Broadcast(x0 + at);
            a0 = TLanes.FusedMultiplyAdd(u, t, a0);
            b0 = TShape.Vectors > 1 ? TLanes.FusedMultiplyAdd(v, t, b0) : b0;
            if (TShape.Tokens > 1)
            {
                t = TLanes.Broadcast(x1 + at);
                a1 = TLanes.FusedMultiplyAdd(u, t, a1);
                b1 = TShape.Vectors > 1 ? TLanes.FusedMultiplyAdd(v, t, b1) : b1;
            }
            if (TShape.Tokens > 2)
            {
                t = TLanes.Broadcast(x2 + at);
                a2 = TLanes.FusedMultiplyAdd(u, t, a2);
                b2 = TShape.Vectors > 1 ? TLanes.FusedMultiplyAdd(v, t, b2) : b2;
            }
            if (TShape.Tokens > 3)
            {
                t = TLanes.Broadcast(x3 + at);
                a3 = TLanes.FusedMultiplyAdd(u, t, a3);
                b3 = TShape.Vectors > 1 ? TLanes.FusedMultiplyAdd(v, t, b3) : b3;
            }
        }
        Store(y, a0, b0);
        if (TShape.Tokens > 1)
        {
            Store(y + stride, a1, b1);
        }
        if (TShape.Tokens > 2)
        {
            Store(y + (2 * stride), a2, b2);
        }
        if (TShape.Tokens > 3)
        {
            Store(y + (3 * stride), a3, b3);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Start(bool isFirst, float* y) => isFirst ? TLanes.Zero : TLanes.Load(y);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* y, V first, V second)
    {
        TLanes.Store(y, first);
        if (TShape.Vectors > 1)
        {
            TLanes.Store(y + TLanes.Rows, second);
        }
    }
}
