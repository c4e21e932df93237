using System.Runtime.CompilerServices;

namespace Tore.Mesh.Tensors.Kernels.Matrix;

/// <summary>
/// The inner kernel of the K types: up to 2 vectors of rows by 4 tokens. Per block and row: S = sum_j scale_j * sum(w * q)_j, exact in int32;
/// acc = fma((float)S, d * dx, acc); with minima then acc = fma(-(float)sum_j(min_j * sum(q)_j), dmin * dx, acc).
/// </summary>
internal static unsafe class Block256Tile<V, TLanes, TDot, TType, TShape>
    where V : struct
    where TLanes : ILanes<V>
    where TDot : IDot<V>
    where TType : IBlock256Type
    where TShape : ITileShape
{
    private static int SubSteps => TType.HasMinimum ? 8 : 4;

    /// <summary>Runs the tile.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(in Tile tile)
    {
        byte* w = tile.Weights;
        nint step = tile.WeightStep;
        byte* s = tile.Scales;
        nint scaleStep = tile.ScaleStep;
        byte* x0 = tile.Activations;
        byte* x1 = x0 + tile.ActivationStride;
        byte* x2 = x1 + tile.ActivationStride;
        byte* x3 = x2 + tile.ActivationStride;
        float* y = tile.Results;
        nint stride = tile.ResultStride;
        for (int block = 0; block < tile.Blocks; block++)
        {
            V p0 = TLanes.Zero, p1 = TLanes.Zero, p2 = TLanes.Zero, p3 = TLanes.Zero;
            V q0 = TLanes.Zero, q1 = TLanes.Zero, q2 = TLanes.Zero, q3 = TLanes.Zero;
            byte* scales = s;
            int at = Record256.Values;
            for (int sub = 0; sub < 64; sub += SubSteps)
            {
                int steps = TDot.IsNarrow ? TType.NarrowSteps : SubSteps;
                for (int chain = 0; chain < SubSteps; chain += steps)
                {
                    V c0 = TLanes.Zero, c1 = TLanes.Zero, c2 = TLanes.Zero, c3 = TLanes.Zero;
                    V d0 = TLanes.Zero, d1 = TLanes.Zero, d2 = TLanes.Zero, d3 = TLanes.Zero;
                    int end = at + (4 * steps);
                    for (; at < end; at += 4)
                    {
                        V u = TLanes.Load(w);
                        V v = TShape.Vectors > 1 ? TLanes.Load(w + step) : u;
                        w += 64;
                        V t = TLanes.Broadcast(x0 + at);
                        c0 = TDot.Step(c0, u, t);
                        d0 = TShape.Vectors > 1 ? TDot.Step(d0, v, t) : d0;
                        if (TShape.Tokens > 1)
                        {
                            t = TLanes.Broadcast(x1 + at);
                            c1 = TDot.Step(c1, u, t);
                            d1 = TShape.Vectors > 1 ? TDot.Step(d1, v, t) : d1;
                        }
                        if (TShape.Tokens > 2)
                        {
                            t = TLanes.Broadcast(x2 + at);
                            c2 = TDot.Step(c2, u, t);
                            d2 = TShape.Vectors > 1 ? TDot.Step(d2, v, t) : d2;
                        }
                        if (TShape.Tokens > 3)
                        {
                            t = TLanes.Broadcast(x3 + at);
                            c3 = TDot.Step(c3, u, t);
                            d3 = TShape.Vectors > 1 ? TDot.Step(d3, v, t) : d3;
                        }
                    }
                    V scale = TLanes.Load(scales);
                    p0 = TDot.CloseScaled(p0, c0, scale);
                    p1 = TShape.Tokens > 1 ? TDot.CloseScaled(p1, c1, scale) : p1;
                    p2 = TShape.Tokens > 2 ? TDot.CloseScaled(p2, c2, scale) : p2;
                    p3 = TShape.Tokens > 3 ? TDot.CloseScaled(p3, c3, scale) : p3;
                    if (TShape.Vectors > 1)
                    {
                        scale = TLanes.Load(scales + scaleStep);
                        q0 = TDot.CloseScaled(q0, d0, scale);
                        q1 = TShape.Tokens > 1 ? TDot.CloseScaled(q1, d1, scale) : q1;
                        q2 = TShape.Tokens > 2 ? TDot.CloseScaled(q2, d2, scale) : q2;
                        q3 = TShape.Tokens > 3 ? TDot.CloseScaled(q3, d3, scale) : q3;
                    }
                }
                scales += 64;
            }
            bool isFirst = tile.IsFirst && block == 0;
            Block256Join<V, TLanes, TType>.Run(y, p0, s, x0, isFirst);
            if (TShape.Tokens > 1)
            {
                Block256Join<V, TLanes, TType>.Run(y + stride, p1, s, x1, isFirst);
            }
            if (TShape.Tokens > 2)
            {
                Block256Join<V, TLanes, TType>.Run(y + (2 * stride), p2, s, x2, isFirst);
            }
            if (TShape.Tokens > 3)
            {
                Block256Join<V, TLanes, TType>.Run(y + (3 * stride), p3, s, x3, isFirst);
            }
            if (TShape.Vectors > 1)
            {
                Block256Join<V, TLanes, TType>.Run(y + TLanes.Rows, q0, s + scaleStep, x0, isFirst);
                if (TShape.Tokens > 1)
                {
                    Block256Join<V, TLanes, TType>.Run(y + TLanes.Rows + stride, q1, s + scaleStep, x1, isFirst);
                }
                if (TShape.Tokens > 2)
                {
                    Block256Join<V, TLanes, TType>.Run(y + TLanes.Rows + (2 * stride), q2, s + scaleStep, x2, isFirst);
                }
                if (TShape.Tokens > 3)
                {
                    Block256Join<V, TLanes, TType>.Run(y + TLanes.Rows + (3 * stride), q3, s + scaleStep, x3, isFirst);
                }
            }
            s += Block256Scales.Bytes;
            x0 += Record256.Bytes;
            x1 += Record256.Bytes;
            x2 += Record256.Bytes;
            x3 += Record256.Bytes;
        }
    }
}
