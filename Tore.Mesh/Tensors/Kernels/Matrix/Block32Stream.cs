using System.Runtime.CompilerServices;

namespace Tore.Mesh.Tensors.Kernels.Matrix;

/// <summary>
/// Decode with the types of blocks of 32: one group of rows by a few tokens, weights straight from memory and read once. The bytes of a block
/// stay in 8 registers while the tokens pass; the sums wait in the results. The arithmetic is that of <see cref="Block32Tile{V, TLanes, TDot, TType, TShape}"/>.
/// </summary>
internal static unsafe class Block32Stream<V, TLanes, TDot, TType>
    where V : struct
    where TLanes : ILanes<V>
    where TDot : IDot<V>
    where TType : IBlock32Type
{
    private static int HalvesBytes => TType.HasMinimum ? 64 : 32;

    /// <summary>Runs one group of 16 rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run(PackedGroup group, int blocks, byte* activations, nint activationStride, int tokens, float* results, nint resultStride)
    {
        byte* quants = group.Quants;
        byte* high = group.High;
        byte* halves = group.Scales;
        for (int block = 0; block < blocks; block++)
        {
            for (int part = 0; part < 64; part += 4 * TLanes.Rows)
            {
                byte* q = quants + part;
                V bits = TType.HighBytes > 0 ? TLanes.Load(high + part) : TLanes.Zero;
                V w0 = TType.Low<V, TLanes>(q, bits, 0), w4 = TType.High<V, TLanes>(q, bits, 0);
                V w1 = TType.Low<V, TLanes>(q, bits, 1), w5 = TType.High<V, TLanes>(q, bits, 1);
                V w2 = TType.Low<V, TLanes>(q, bits, 2), w6 = TType.High<V, TLanes>(q, bits, 2);
                V w3 = TType.Low<V, TLanes>(q, bits, 3), w7 = TType.High<V, TLanes>(q, bits, 3);
                V scale = TLanes.LoadHalves(halves + (part / 2));
                V minimum = TType.HasMinimum ? TLanes.LoadHalves(halves + 32 + (part / 2)) : TLanes.Zero;
                byte* x = activations;
                float* y = results + (part / 4);
                for (int token = tokens; token > 0; token--)
                {
                    V total = Correction(x);
                    V chain = TDot.Open(total);
                    chain = TDot.Step(chain, w0, TLanes.Broadcast(x + Record32.Values));
                    chain = TDot.Step(chain, w1, TLanes.Broadcast(x + Record32.Values + 4));
                    chain = TDot.Step(chain, w2, TLanes.Broadcast(x + Record32.Values + 8));
                    chain = TDot.Step(chain, w3, TLanes.Broadcast(x + Record32.Values + 12));
                    if (TDot.IsNarrow && TType.NarrowSteps < 8)
                    {
                        total = TDot.Close(total, chain);
                        chain = TDot.Open(total);
                    }
                    chain = TDot.Step(chain, w4, TLanes.Broadcast(x + Record32.Values + 16));
                    chain = TDot.Step(chain, w5, TLanes.Broadcast(x + Record32.Values + 20));
                    chain = TDot.Step(chain, w6, TLanes.Broadcast(x + Record32.Values + 24));
                    chain = TDot.Step(chain, w7, TLanes.Broadcast(x + Record32.Values + 28));
                    total = TDot.Close(total, chain);
                    V dx = TLanes.Broadcast(x + Record32.Scale);
                    V sum = block == 0 ? TLanes.Zero : TLanes.Load(y);
                    sum = TLanes.FusedMultiplyAdd(TLanes.ToFloat(total), TLanes.Multiply(scale, dx), sum);
                    if (TType.HasMinimum)
                    {
                        V both = TLanes.ToFloat(TLanes.Broadcast(x + Record32.Sum));
                        sum = TLanes.FusedMultiplyAdd(both, TLanes.Multiply(minimum, dx), sum);
                    }
                    TLanes.Store(y, sum);
                    x += activationStride;
                    y += resultStride;
                }
            }
            quants += TType.QuantBytes;
            high += TType.HighBytes;
            halves += HalvesBytes;
            activations += Record32.Bytes;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Correction(byte* x) => TType.OffsetShift == 0 || TDot.TakesOffset
        ? TLanes.Zero
        : TLanes.Subtract(TLanes.Zero, TLanes.ShiftLeft(TLanes.Broadcast(x + Record32.Sum), TType.OffsetShift));
}
