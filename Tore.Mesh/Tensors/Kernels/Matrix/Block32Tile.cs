using System.Runtime.CompilerServices;

namespace Tore.Mesh.Tensors.Kernels.Matrix;

/// <summary>
/// The inner kernel of the types with blocks of 32: up to 2 vectors of rows by 4 tokens. Per block and row: S = sum(w * q), exact in integers;
/// acc = fma((float)S, dw * dx, acc); with a minimum then acc = fma((float)sum(q), mw * dx, acc).
/// </summary>
internal static unsafe class Block32Tile<V, TLanes, TDot, TType, TShape>
    where V : struct
    where TLanes : ILanes<V>
    where TDot : IDot<V>
    where TType : IBlock32Type
    where TShape : ITileShape
{
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
        V a0 = TLanes.Zero, a1 = TLanes.Zero, a2 = TLanes.Zero, a3 = TLanes.Zero;
        V b0 = TLanes.Zero, b1 = TLanes.Zero, b2 = TLanes.Zero, b3 = TLanes.Zero;
        if (!tile.IsFirst)
        {
            a0 = TLanes.Load(y);
            a1 = TShape.Tokens > 1 ? TLanes.Load(y + stride) : a1;
            a2 = TShape.Tokens > 2 ? TLanes.Load(y + (2 * stride)) : a2;
            a3 = TShape.Tokens > 3 ? TLanes.Load(y + (3 * stride)) : a3;
            b0 = TShape.Vectors > 1 ? TLanes.Load(y + TLanes.Rows) : b0;
            b1 = TShape.Vectors > 1 && TShape.Tokens > 1 ? TLanes.Load(y + TLanes.Rows + stride) : b1;
            b2 = TShape.Vectors > 1 && TShape.Tokens > 2 ? TLanes.Load(y + TLanes.Rows + (2 * stride)) : b2;
            b3 = TShape.Vectors > 1 && TShape.Tokens > 3 ? TLanes.Load(y + TLanes.Rows + (3 * stride)) : b3;
        }
        for (int block = tile.Blocks; block > 0; block--)
        {
            V p0 = Correction(x0);
            V p1 = TShape.Tokens > 1 ? Correction(x1) : TLanes.Zero;
            V p2 = TShape.Tokens > 2 ? Correction(x2) : TLanes.Zero;
            V p3 = TShape.Tokens > 3 ? Correction(x3) : TLanes.Zero;
            V q0 = p0, q1 = p1, q2 = p2, q3 = p3;
            int steps = TDot.IsNarrow ? TType.NarrowSteps : 8;
            for (int chain = 0; chain < 8; chain += steps)
            {
                V c0 = TDot.Open(p0), c1 = TDot.Open(p1), c2 = TDot.Open(p2), c3 = TDot.Open(p3);
                V d0 = TDot.Open(q0), d1 = TDot.Open(q1), d2 = TDot.Open(q2), d3 = TDot.Open(q3);
                for (int c = 4 * chain; c < 4 * (chain + steps); c += 4)
                {
                    V u = TLanes.Load(w);
                    V v = TShape.Vectors > 1 ? TLanes.Load(w + step) : u;
                    w += 64;
                    V t = TLanes.Broadcast(x0 + Record32.Values + c);
                    c0 = TDot.Step(c0, u, t);
                    d0 = TShape.Vectors > 1 ? TDot.Step(d0, v, t) : d0;
                    if (TShape.Tokens > 1)
                    {
                        t = TLanes.Broadcast(x1 + Record32.Values + c);
                        c1 = TDot.Step(c1, u, t);
                        d1 = TShape.Vectors > 1 ? TDot.Step(d1, v, t) : d1;
                    }
                    if (TShape.Tokens > 2)
                    {
                        t = TLanes.Broadcast(x2 + Record32.Values + c);
                        c2 = TDot.Step(c2, u, t);
                        d2 = TShape.Vectors > 1 ? TDot.Step(d2, v, t) : d2;
                    }
                    if (TShape.Tokens > 3)
                    {
                        t = TLanes.Broadcast(x3 + Record32.Values + c);
                        c3 = TDot.Step(c3, u, t);
                        d3 = TShape.Vectors > 1 ? TDot.Step(d3, v, t) : d3;
                    }
                }
                p0 = TDot.Close(p0, c0);
                p1 = TDot.Close(p1, c1);
                p2 = TDot.Close(p2, c2);
                p3 = TDot.Close(p3, c3);
                q0 = TDot.Close(q0, d0);
                q1 = TDot.Close(q1, d1);
                q2 = TDot.Close(q2, d2);
                q3 = TDot.Close(q3, d3);
            }
            V scale = TLanes.Load(s);
            a0 = Join(a0, p0, scale, s, x0);
            a1 = TShape.Tokens > 1 ? Join(a1, p1, scale, s, x1) : a1;
            a2 = TShape.Tokens > 2 ? Join(a2, p2, scale, s, x2) : a2;
            a3 = TShape.Tokens > 3 ? Join(a3, p3, scale, s, x3) : a3;
            if (TShape.Vectors > 1)
            {
                scale = TLanes.Load(s + scaleStep);
                b0 = Join(b0, q0, scale, s + scaleStep, x0);
                b1 = TShape.Tokens > 1 ? Join(b1, q1, scale, s + scaleStep, x1) : b1;
                b2 = TShape.Tokens > 2 ? Join(b2, q2, scale, s + scaleStep, x2) : b2;
                b3 = TShape.Tokens > 3 ? Join(b3, q3, scale, s + scaleStep, x3) : b3;
            }
            s += TType.HasMinimum ? 128 : 64;
            x0 += Record32.Bytes;
            x1 += Record32.Bytes;
            x2 += Record32.Bytes;
            x3 += Record32.Bytes;
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

    // The sum of the activations times the weights' offset, taken off before the products are added.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Correction(byte* x) => TType.OffsetShift == 0 || TDot.TakesOffset
        ? TLanes.Zero
        : TLanes.Broadcast((uint)-(*(int*)(x + Record32.Sum) << TType.OffsetShift));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Join(V sum, V products, V scale, byte* scales, byte* x)
    {
        V dx = TLanes.Broadcast(x + Record32.Scale);
        sum = TLanes.FusedMultiplyAdd(TLanes.ToFloat(products), TLanes.Multiply(scale, dx), sum);
        if (TType.HasMinimum)
        {
            V minimum = TLanes.Multiply(TLanes.Load(scales + 64), dx);
            sum = TLanes.FusedMultiplyAdd(TLanes.ToFloat(TLanes.Broadcast(x + Record32.Sum)), minimum, sum);
        }
        return sum;
    }

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
