using System.Runtime.CompilerServices;

namespace Tore.Mesh.Tensors.Kernels.Matrix;

/// <summary>
/// The end of a block of a K type, for one vector of rows and one token: its integer sum joins the result, which waits in memory.
/// </summary>
internal static unsafe class Block256Join<V, TLanes, TType>
    where V : struct
    where TLanes : ILanes<V>
    where TType : IBlock256Type
{
    /// <summary>Adds one block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run(float* y, V products, byte* scales, byte* x, bool isFirst)
    {
        V pairs = TLanes.Zero;
        int sums = TType.HasMinimum ? Record256.Sums32 : Record256.Sums16;
        for (int i = 0; i < (TType.HasMinimum ? 4 : 8); i++)
        {
            V both = TLanes.Load(scales + Block256Scales.Pairs + (64 * i));
            pairs = TLanes.Add(pairs, TLanes.MultiplyAddPairs(both, TLanes.Broadcast(x + sums + (4 * i))));
        }
        if (!TType.HasMinimum)
        {
            products = TLanes.Subtract(products, TLanes.ShiftLeft(pairs, 5));
        }
        V dx = TLanes.Broadcast(x + Record256.Scale);
        V sum = isFirst ? TLanes.Zero : TLanes.Load(y);
        sum = TLanes.FusedMultiplyAdd(TLanes.ToFloat(products), TLanes.Multiply(TLanes.Load(scales + Block256Scales.Factors), dx), sum);
        if (TType.HasMinimum)
        {
            V minimum = TLanes.Multiply(TLanes.Load(scales + Block256Scales.Factors + 64), dx);
            sum = TLanes.FusedMultiplyAddNegated(TLanes.ToFloat(pairs), minimum, sum);
        }
        TLanes.Store(y, sum);
    }
}
