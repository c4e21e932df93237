using System.Runtime.CompilerServices;

namespace Tore.Mesh.Tensors.Kernels.Matrix;

/// <summary>
/// Decode with the K types: one group of rows by 1 to 4 tokens, weights straight from memory and read once. The arithmetic is that of
/// <see cref="Block256Tile{V, TLanes, TDot, TType, TShape, TSource}"/>.
/// </summary>
internal static unsafe class Block256Stream<V, TLanes, TDot, TType, TShape>
    where V : struct
    where TLanes : ILanes<V>
    where TDot : IDot<V>
    where TType : IBlock256Type
    where TShape : ITileShape
{
    private const int QuantBytes = 2048;

    private static int HalvesBytes => TType.HasMinimum ? 64 : 32;

    /// <summary>Runs one group of 16 rows.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    public static void Run(PackedGroup group, int blocks, byte* activations, nint activationStride, float* results, nint resultStride)
    {
        byte* scratch = stackalloc byte[Block256Scales.Bytes + AlignedBuffer.Alignment];
        byte* scales = (byte*)(((nuint)scratch + AlignedBuffer.Alignment - 1) & ~(nuint)(AlignedBuffer.Alignment - 1));
        for (long block = 0; block < blocks; block++)
        {
            byte* quants = group.Quants + (block * QuantBytes);
            byte* high = group.High + (block * TType.HighBytes);
            byte* words = group.SubScales + (block * TType.SubScaleBytes);
            Prefetch(quants, QuantBytes);
            Prefetch(high, TType.HighBytes);
            Prefetch(words, TType.SubScaleBytes);
            SubScaleUnpacking.UnpackScales<V, TLanes, TType>(group.Scales + (block * HalvesBytes), words, TDot.IsNarrow, scales);
            for (int part = 0; part < 64; part += 4 * TLanes.Rows)
            {
                Block256Tile<V, TLanes, TDot, TType, TShape, PackedSource>.Run(
                    quants + part, high + part, scales + part, activations, activationStride,
                    results + (part / 4), resultStride, block == 0);
            }
            activations += Record256.Bytes;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Prefetch(byte* from, int bytes)
    {
        for (int line = 0; line < bytes; line += 64)
        {
            TLanes.Prefetch(from + line + PanelProduct<V, TLanes, Block256Panel<V, TLanes, TDot, TType>>.PrefetchAhead);
        }
    }
}
