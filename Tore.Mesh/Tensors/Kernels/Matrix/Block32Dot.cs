using System.Runtime.CompilerServices;

namespace Tore.Mesh.Tensors.Kernels.Matrix;

/// <summary>One block of a vector of rows by one token's record: the sum with it.</summary>
internal static unsafe class Block32Dot<V, TLanes, TDot, TType>
    where V : struct
    where TLanes : ILanes<V>
    where TDot : IDot<V>
    where TType : IBlock32Type
{
    /// <summary>fma((float)S, scale * dx, sum), then fma((float)sum(q), minimum * dx, that) where the type has a minimum.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Run(V sum, byte* x, V scale, V minimum, V w0, V w1, V w2, V w3, V w4, V w5, V w6, V w7)
    {
        V total = TType.OffsetShift == 0 || TDot.TakesOffset
            ? TLanes.Zero
            : TLanes.Subtract(TLanes.Zero, TLanes.ShiftLeft(TLanes.Broadcast(x + Record32.Sum), TType.OffsetShift));
        V chain = TDot.Begin(total, w0, TLanes.Broadcast(x + Record32.Values));
        chain = TDot.Step(chain, w1, TLanes.Broadcast(x + Record32.Values + 4));
        chain = TDot.Step(chain, w2, TLanes.Broadcast(x + Record32.Values + 8));
        chain = TDot.Step(chain, w3, TLanes.Broadcast(x + Record32.Values + 12));
        V t = TLanes.Broadcast(x + Record32.Values + 16);
        if (TDot.IsNarrow && TType.NarrowSteps < 8)
        {
            total = TDot.Close(total, chain);
            chain = TDot.First(w4, t);
        }
        else
        {
            chain = TDot.Step(chain, w4, t);
        }
        chain = TDot.Step(chain, w5, TLanes.Broadcast(x + Record32.Values + 20));
        chain = TDot.Step(chain, w6, TLanes.Broadcast(x + Record32.Values + 24));
        chain = TDot.Step(chain, w7, TLanes.Broadcast(x + Record32.Values + 28));
        total = TDot.Close(total, chain);
        V dx = TLanes.Broadcast(x + Record32.Scale);
        sum = TLanes.FusedMultiplyAdd(TLanes.ToFloat(total), TLanes.Multiply(scale, dx), sum);
        if (TType.HasMinimum)
        {
            sum = TLanes.FusedMultiplyAdd(TLanes.ToFloat(TLanes.Broadcast(x + Record32.Sum)), TLanes.Multiply(minimum, dx), sum);
        }
        return sum;
    }
}
