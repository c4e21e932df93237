using System.Runtime.CompilerServices;

namespace Tore.Mesh.Tensors.Kernels.Matrix;

/// <summary>
/// The inner kernel of the types with blocks of 32: 1 or 2 vectors of rows (a, b) by 1 to 4 tokens. Per block and row: S = sum(w * q),
/// exact in integers; acc = fma((float)S, dw * dx, acc); with a minimum then acc = fma((float)sum(q), mw * dx, acc). An activation is
/// read once for both vectors and a weight once for all tokens. What a shape lacks is left out by the compiler.
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
        byte* w = tile.Weights, s = tile.Scales;
        nint step = tile.WeightStep, scaleStep = tile.ScaleStep;
        byte* x0 = tile.Activations, x1 = x0 + tile.ActivationStride, x2 = x1 + tile.ActivationStride, x3 = x2 + tile.ActivationStride;
        V a0 = Start(tile, 0, 0), a1 = Start(tile, 1, 0), a2 = Start(tile, 2, 0), a3 = Start(tile, 3, 0);
        V b0 = Start(tile, 0, 1), b1 = Start(tile, 1, 1), b2 = Start(tile, 2, 1), b3 = Start(tile, 3, 1);
        for (int block = tile.Blocks; block > 0; block--)
        {
            V p0 = Correction(x0, 0), p1 = Correction(x1, 1), p2 = Correction(x2, 2), p3 = Correction(x3, 3);
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
                    V t = Activation(x0 + c, 0);
                    c0 = Step(c0, u, t, 0, 0);
                    d0 = Step(d0, v, t, 0, 1);
                    t = Activation(x1 + c, 1);
                    c1 = Step(c1, u, t, 1, 0);
                    d1 = Step(d1, v, t, 1, 1);
                    t = Activation(x2 + c, 2);
                    c2 = Step(c2, u, t, 2, 0);
                    d2 = Step(d2, v, t, 2, 1);
                    t = Activation(x3 + c, 3);
                    c3 = Step(c3, u, t, 3, 0);
                    d3 = Step(d3, v, t, 3, 1);
                }
                (p0, p1, p2, p3) = (TDot.Close(p0, c0), TDot.Close(p1, c1), TDot.Close(p2, c2), TDot.Close(p3, c3));
                (q0, q1, q2, q3) = (TDot.Close(q0, d0), TDot.Close(q1, d1), TDot.Close(q2, d2), TDot.Close(q3, d3));
            }
            a0 = Join(a0, p0, s, x0, 0, 0);
            a1 = Join(a1, p1, s, x1, 1, 0);
            a2 = Join(a2, p2, s, x2, 2, 0);
            a3 = Join(a3, p3, s, x3, 3, 0);
            b0 = Join(b0, q0, s + scaleStep, x0, 0, 1);
            b1 = Join(b1, q1, s + scaleStep, x1, 1, 1);
            b2 = Join(b2, q2, s + scaleStep, x2, 2, 1);
            b3 = Join(b3, q3, s + scaleStep, x3, 3, 1);
            s += TType.HasMinimum ? 128 : 64;
            x0 += Record32.Bytes;
            x1 += Record32.Bytes;
            x2 += Record32.Bytes;
            x3 += Record32.Bytes;
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
    private static V Activation(byte* x, int token) => Has(token, 0) ? TLanes.Broadcast(x + Record32.Values) : TLanes.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Step(V chain, V weights, V activation, int token, int vector) =>
        Has(token, vector) ? TDot.Step(chain, weights, activation) : chain;

    // The sum of the activations times the weights' offset, taken off before the products are added.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Correction(byte* x, int token) => TType.OffsetShift == 0 || TDot.TakesOffset || !Has(token, 0)
        ? TLanes.Zero
        : TLanes.Subtract(TLanes.Zero, TLanes.ShiftLeft(TLanes.Broadcast(x + Record32.Sum), TType.OffsetShift));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Join(V sum, V products, byte* scales, byte* x, int token, int vector)
    {
        if (!Has(token, vector))
        {
            return sum;
        }
        V dx = TLanes.Broadcast(x + Record32.Scale);
        sum = TLanes.FusedMultiplyAdd(TLanes.ToFloat(products), TLanes.Multiply(TLanes.Load(scales), dx), sum);
        if (TType.HasMinimum)
        {
            V minimum = TLanes.Multiply(TLanes.Load(scales + 64), dx);
            sum = TLanes.FusedMultiplyAdd(TLanes.ToFloat(TLanes.Broadcast(x + Record32.Sum)), minimum, sum);
        }
        return sum;
    }

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
