using System.Runtime.CompilerServices;

namespace Tore.Mesh.Tensors.Kernels.Matrix;

/// <summary>Packed scales of the K types to vectors.</summary>
internal static unsafe class SubScaleUnpacking
{
    /// <summary>All scales of one block of one group; see <see cref="Block256Scales"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void UnpackScales<V, TLanes, TType>(byte* halves, byte* words, bool isPaired, byte* to)
        where V : struct
        where TLanes : ILanes<V>
        where TType : IBlock256Type
    {
        for (int part = 0; part < 64; part += 4 * TLanes.Rows)
        {
            TLanes.Store(to + Block256Scales.Factors + part, TLanes.LoadHalves(halves + (part / 2)));
            if (TType.HasMinimum)
            {
                TLanes.Store(to + Block256Scales.Factors + 64 + part, TLanes.LoadHalves(halves + 32 + (part / 2)));
            }
        }
        if (TType.HasMinimum)
        {
            UnpackSixBits<V, TLanes>(words, isPaired, to, to + Block256Scales.Pairs);
        }
        else
        {
            UnpackSigned<V, TLanes>(words, isPaired, to, to + Block256Scales.Pairs);
        }
    }

    /// <summary>The 6-bit scales and minima of Q4_K and Q5_K: 8 vectors of scales, then 4 of minima as int16 pairs (2i, 2i + 1).</summary>
    /// <param name="words">Packed words: scales 0..3, minima 0..3, low nibbles of 4..7 of both; top bit pairs in the first two.</param>
    /// <param name="isPaired">Whether each scale stands twice as int16, or once as int32.</param>
    /// <param name="scales">The first of the scale vectors.</param>
    /// <param name="minima">The first of the minimum vectors.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void UnpackSixBits<V, TLanes>(byte* words, bool isPaired, byte* scales, byte* minima)
        where V : struct
        where TLanes : ILanes<V>
    {
        V six = TLanes.Broadcast(0x3F3F3F3F);
        V four = TLanes.Broadcast(0x0F0F0F0F);
        V top = TLanes.Broadcast(0x30303030);
        V low = TLanes.Broadcast(0xFF);
        V high = TLanes.Broadcast(0xFF0000);
        for (int part = 0; part < 64; part += 4 * TLanes.Rows)
        {
            V first = TLanes.Load(words + part);
            V second = TLanes.Load(words + 64 + part);
            V third = TLanes.Load(words + 128 + part);
            for (int half = 0; half < 2; half++)
            {
                V scale = half == 0
                    ? TLanes.And(first, six)
                    : TLanes.Or(TLanes.And(third, four), TLanes.And(TLanes.ShiftRight(first, 2), top));
                V minimum = half == 0
                    ? TLanes.And(second, six)
                    : TLanes.Or(TLanes.And(TLanes.ShiftRight(third, 4), four), TLanes.And(TLanes.ShiftRight(second, 2), top));
                for (int i = 0; i < 4; i++)
                {
                    V value = TLanes.And(scale, low);
                    TLanes.Store(scales + (256 * half) + (64 * i) + part, isPaired ? TLanes.Or(value, TLanes.ShiftLeft(value, 16)) : value);
                    scale = TLanes.ShiftRight(scale, 8);
                }
                V front = TLanes.Or(TLanes.And(minimum, low), TLanes.And(TLanes.ShiftLeft(minimum, 8), high));
                V back = TLanes.Or(TLanes.And(TLanes.ShiftRight(minimum, 16), low), TLanes.And(TLanes.ShiftRight(minimum, 8), high));
                TLanes.Store(minima + (128 * half) + part, front);
                TLanes.Store(minima + (128 * half) + 64 + part, back);
            }
        }
    }

    /// <summary>
    /// The signed scales of Q6_K: 16 vectors of scales, then 8 of the same as int16 pairs (2i, 2i + 1) for the offset's correction.
    /// </summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void UnpackSigned<V, TLanes>(byte* words, bool isPaired, byte* scales, byte* pairs)
        where V : struct
        where TLanes : ILanes<V>
    {
        V low = TLanes.Broadcast(0xFFFF);
        for (int word = 0; word < 4; word++)
        {
            for (int part = 0; part < 64; part += 4 * TLanes.Rows)
            {
                V four = TLanes.Load(words + (64 * word) + part);
                V previous = TLanes.Zero;
                for (int i = 0; i < 4; i++)
                {
                    V value = TLanes.ShiftRightSigned(TLanes.ShiftLeft(four, 24 - (8 * i)), 24);
                    V upper = TLanes.ShiftLeft(value, 16);
                    V once = TLanes.And(value, low);
                    TLanes.Store(scales + (256 * word) + (64 * i) + part, isPaired ? TLanes.Or(once, upper) : value);
                    if (i % 2 != 0)
                    {
                        TLanes.Store(pairs + (128 * word) + (64 * (i / 2)) + part, TLanes.Or(previous, upper));
                    }
                    previous = once;
                }
            }
        }
    }
}
