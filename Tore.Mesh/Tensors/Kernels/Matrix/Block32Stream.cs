using System.Runtime.CompilerServices;

namespace Tore.Mesh.Tensors.Kernels.Matrix;

/// <summary>
/// Decode with the types of blocks of 32: one group of rows by a few tokens, weights straight from memory and read once. The bytes of a
/// block stay in 8 registers while the tokens pass; the sums wait in the results. The arithmetic is that of <see cref="Block32Tile{V,
/// TLanes, TDot, TType, TShape}"/>.
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
    public static void Run(
        PackedGroup group, int blocks, byte* activations, nint activationStride, int tokens, float* results, nint resultStride)
    {
        byte* quants = group.Quants;
        byte* high = group.High;
        byte* halves = group.Scales;
        for (int block = 0; block < blocks; block++)
        {
            for (int line = 0; line < TType.QuantBytes; line += 64)
            {
                TLanes.Prefetch(quants + line + PanelProduct<V, TLanes, Block32Panel<V, TLanes, TDot, TType>>.PrefetchAhead);
            }
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
                    V sum = block == 0 ? TLanes.Zero : TLanes.Load(y);
                    sum = Block32Dot<V, TLanes, TDot, TType>.Run(sum, x, scale, minimum, w0, w1, w2, w3, w4, w5, w6, w7);
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
}
