using System.Runtime.CompilerServices;

namespace Tore.Mesh.Tensors.Kernels.Matrix;

/// <summary>
/// The inner kernel of the K types: a vector of rows by 1 to 4 tokens. Per block and row: S = sum_j scale_j * sum(w * q)_j, exact in int32;
/// acc = fma((float)S, d * dx, acc); with minima then acc = fma(-(float)sum_j(min_j * sum(q)_j), dmin * dx, acc). A unit of 32 weights
/// stays in 8 registers while the tokens pass.
/// </summary>
internal static unsafe class Block256Tile<V, TLanes, TDot, TType, TShape, TSource>
    where V : struct
    where TLanes : ILanes<V>
    where TDot : IDot<V>
    where TType : IBlock256Type
    where TShape : ITileShape
    where TSource : IWeightSource
{
    /// <summary>Adds one block to the results of one vector of rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(byte* quants, byte* high, byte* scales, byte* x0, nint stride, float* y, nint resultStride, bool isFirst)
    {
        byte* x1 = x0 + stride;
        byte* x2 = x1 + stride;
        byte* x3 = x2 + stride;
        V p0 = TLanes.Zero, p1 = TLanes.Zero, p2 = TLanes.Zero, p3 = TLanes.Zero;
        for (int pass = 0; pass < 8; pass++)
        {
            int quarter = pass / 2;
            int unit = TSource.IsUnpacked ? pass : pass % 2 == 0 ? TType.LowUnit(quarter) : TType.HighUnit(quarter);
            V w0, w1, w2, w3, w4, w5, w6, w7;
            if (TSource.IsUnpacked)
            {
                byte* q = quants + (512 * unit);
                (w0, w1, w2, w3) = (TLanes.Load(q), TLanes.Load(q + 64), TLanes.Load(q + 128), TLanes.Load(q + 192));
                (w4, w5, w6, w7) = (TLanes.Load(q + 256), TLanes.Load(q + 320), TLanes.Load(q + 384), TLanes.Load(q + 448));
            }
            else
            {
                byte* q = quants + (512 * quarter);
                byte* h = high + TType.HighAt(quarter);
                int shift = TType.HighShift(quarter);
                if (pass % 2 == 0)
                {
                    (w0, w1, w2, w3) = (Low(q, h, shift, 0), Low(q, h, shift, 1), Low(q, h, shift, 2), Low(q, h, shift, 3));
                    (w4, w5, w6, w7) = (Low(q, h, shift, 4), Low(q, h, shift, 5), Low(q, h, shift, 6), Low(q, h, shift, 7));
                }
                else
                {
                    (w0, w1, w2, w3) = (High(q, h, shift, 0), High(q, h, shift, 1), High(q, h, shift, 2), High(q, h, shift, 3));
                    (w4, w5, w6, w7) = (High(q, h, shift, 4), High(q, h, shift, 5), High(q, h, shift, 6), High(q, h, shift, 7));
                }
            }
            nint at = Record256.Values + (32 * unit);
            byte* s = scales + (unit * (TType.HasMinimum ? 64 : 128));
            p0 = Unit(p0, x0 + at, s, w0, w1, w2, w3, w4, w5, w6, w7);
            p1 = TShape.Tokens > 1 ? Unit(p1, x1 + at, s, w0, w1, w2, w3, w4, w5, w6, w7) : p1;
            p2 = TShape.Tokens > 2 ? Unit(p2, x2 + at, s, w0, w1, w2, w3, w4, w5, w6, w7) : p2;
            p3 = TShape.Tokens > 3 ? Unit(p3, x3 + at, s, w0, w1, w2, w3, w4, w5, w6, w7) : p3;
        }
        Join(y, p0, scales, x0, isFirst, 0);
        Join(y + resultStride, p1, scales, x1, isFirst, 1);
        Join(y + (2 * resultStride), p2, scales, x2, isFirst, 2);
        Join(y + (3 * resultStride), p3, scales, x3, isFirst, 3);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Join(float* y, V products, byte* scales, byte* x, bool isFirst, int token)
    {
        if (TShape.Tokens > token)
        {
            Block256Join<V, TLanes, TType>.Run(y, products, scales, x, isFirst);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Low(byte* q, byte* h, int shift, int i)
    {
        V pairs = TLanes.Load(q + (64 * i));
        return TType.Low<V, TLanes>(pairs, TType.HighBytes > 0 ? TLanes.ShiftRight(TLanes.Load(h + (64 * i)), shift) : pairs);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V High(byte* q, byte* h, int shift, int i)
    {
        V pairs = TLanes.Load(q + (64 * i));
        return TType.High<V, TLanes>(pairs, TType.HighBytes > 0 ? TLanes.ShiftRight(TLanes.Load(h + (64 * i)), shift) : pairs);
    }

    // One unit by one token. Sub-blocks of 16 (Q6_K) have a scale for each half of it.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Unit(V total, byte* x, byte* scales, V w0, V w1, V w2, V w3, V w4, V w5, V w6, V w7)
    {
        int steps = TDot.IsNarrow ? TType.NarrowSteps : TType.HasMinimum ? 8 : 4;
        V scale = TLanes.Load(scales);
        V second = TType.HasMinimum ? scale : TLanes.Load(scales + 64);
        V chain = TDot.Step(TDot.First(w0, TLanes.Broadcast(x)), w1, TLanes.Broadcast(x + 4));
        V t = TLanes.Broadcast(x + 8);
        if (steps <= 2)
        {
            total = TDot.CloseScaled(total, chain, scale);
            chain = TDot.First(w2, t);
        }
        else
        {
            chain = TDot.Step(chain, w2, t);
        }
        chain = TDot.Step(chain, w3, TLanes.Broadcast(x + 12));
        t = TLanes.Broadcast(x + 16);
        if (steps <= 4)
        {
            total = TDot.CloseScaled(total, chain, scale);
            chain = TDot.First(w4, t);
        }
        else
        {
            chain = TDot.Step(chain, w4, t);
        }
        chain = TDot.Step(chain, w5, TLanes.Broadcast(x + 20));
        t = TLanes.Broadcast(x + 24);
        if (steps <= 2)
        {
            total = TDot.CloseScaled(total, chain, second);
            chain = TDot.First(w6, t);
        }
        else
        {
            chain = TDot.Step(chain, w6, t);
        }
        chain = TDot.Step(chain, w7, TLanes.Broadcast(x + 28));
        return TDot.CloseScaled(total, chain, second);
    }
}
