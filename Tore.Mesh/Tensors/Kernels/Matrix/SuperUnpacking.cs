using System.Runtime.CompilerServices;

namespace Tore.Mesh.Tensors.Kernels.Matrix;

/// <summary>Packed super-blocks of 256 weights to bytes and sub-block scales to vectors.</summary>
internal static unsafe class SuperUnpacking
{
    /// <summary>Q4_K: 64 weights from 8 pieces, low nibbles first.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Unpack4<V, TLanes>(byte* quants, byte* to)
        where V : struct
        where TLanes : ILanes<V>
    {
        V mask = TLanes.Broadcast(0x0F0F0F0F);
        for (int quarter = 0; quarter < 4; quarter++)
        {
            for (int at = 0; at < 512; at += 4 * TLanes.Rows)
            {
                V pairs = TLanes.Load(quants + at);
                TLanes.Store(to + at, TLanes.And(pairs, mask));
                TLanes.Store(to + 512 + at, TLanes.And(TLanes.ShiftRight(pairs, 4), mask));
            }
            quants += 512;
            to += 1024;
        }
    }

    /// <summary>Q5_K: as Q4_K; bit s of the high bytes belongs to sub-block s.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Unpack5<V, TLanes>(byte* quants, byte* high, byte* to)
        where V : struct
        where TLanes : ILanes<V>
    {
        V mask = TLanes.Broadcast(0x0F0F0F0F);
        V first = TLanes.Broadcast(0x01010101);
        V second = TLanes.Broadcast(0x02020202);
        for (int at = 0; at < 512; at += 4 * TLanes.Rows)
        {
            V bits = TLanes.Load(high + at);
            for (int quarter = 0; quarter < 4; quarter++)
            {
                V pairs = TLanes.Load(quants + (512 * quarter) + at);
                V low = TLanes.Or(TLanes.And(pairs, mask), TLanes.ShiftLeft(TLanes.And(bits, first), 4));
                V upper = TLanes.Or(TLanes.And(TLanes.ShiftRight(pairs, 4), mask), TLanes.ShiftLeft(TLanes.And(bits, second), 3));
                TLanes.Store(to + (1024 * quarter) + at, low);
                TLanes.Store(to + (1024 * quarter) + 512 + at, upper);
                bits = TLanes.ShiftRight(bits, 2);
            }
        }
    }

    /// <summary>Q6_K: per half, weights 0..31 and 32..63 are low nibbles, 64..95 and 96..127 high ones; bit pairs of the high bytes on top.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Unpack6<V, TLanes>(byte* quants, byte* high, byte* to)
        where V : struct
        where TLanes : ILanes<V>
    {
        V mask = TLanes.Broadcast(0x0F0F0F0F);
        V top = TLanes.Broadcast(0x30303030);
        for (int half = 0; half < 2; half++)
        {
            for (int at = 0; at < 512; at += 4 * TLanes.Rows)
            {
                V bits = TLanes.Load(high + at);
                V even = TLanes.Load(quants + at);
                V odd = TLanes.Load(quants + 512 + at);
                TLanes.Store(to + at, TLanes.Or(TLanes.And(even, mask), TLanes.And(TLanes.ShiftLeft(bits, 4), top)));
                TLanes.Store(to + 512 + at, TLanes.Or(TLanes.And(odd, mask), TLanes.And(TLanes.ShiftLeft(bits, 2), top)));
                TLanes.Store(to + 1024 + at, TLanes.Or(TLanes.And(TLanes.ShiftRight(even, 4), mask), TLanes.And(bits, top)));
                TLanes.Store(to + 1536 + at, TLanes.Or(TLanes.And(TLanes.ShiftRight(odd, 4), mask), TLanes.And(TLanes.ShiftRight(bits, 2), top)));
            }
            quants += 1024;
            high += 512;
            to += 2048;
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
                V scale = half == 0 ? TLanes.And(first, six) : TLanes.Or(TLanes.And(third, four), TLanes.And(TLanes.ShiftRight(first, 2), top));
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

    /// <summary>The signed scales of Q6_K: 16 vectors of scales, then 8 of the same as int16 pairs (2i, 2i + 1) for the offset's correction.</summary>
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
