using System.Runtime.CompilerServices;

namespace Tore.Mesh.Tensors.Kernels.Matrix;

/// <summary>Packed nibbles and high bits to bytes, for the types with blocks of 32.</summary>
internal static unsafe class NibbleUnpacking
{
    /// <summary>Q4_0, Q4_1: piece c of a block holds weights 4c..4c+3 low and 16+4c.. high.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Unpack4<V, TLanes>(byte* quants, int blocks, byte* to)
        where V : struct
        where TLanes : ILanes<V>
    {
        V mask = TLanes.Broadcast(0x0F0F0F0F);
        for (int block = 0; block < blocks; block++)
        {
            for (int at = 0; at < 256; at += 4 * TLanes.Rows)
            {
                V pairs = TLanes.Load(quants + at);
                TLanes.Store(to + at, TLanes.And(pairs, mask));
                TLanes.Store(to + 256 + at, TLanes.And(TLanes.ShiftRight(pairs, 4), mask));
            }
            quants += 256;
            to += 512;
        }
    }

    /// <summary>Q5_0, Q5_1: bit c of a byte of high bits belongs to piece c.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Unpack5<V, TLanes>(byte* quants, byte* high, int blocks, byte* to)
        where V : struct
        where TLanes : ILanes<V>
    {
        V mask = TLanes.Broadcast(0x0F0F0F0F);
        V first = TLanes.Broadcast(0x01010101);
        V fifth = TLanes.Broadcast(0x10101010);
        for (int block = 0; block < blocks; block++)
        {
            for (int part = 0; part < 64; part += 4 * TLanes.Rows)
            {
                V bits = TLanes.Load(high + part);
                for (int at = part; at < 256; at += 64)
                {
                    V pairs = TLanes.Load(quants + at);
                    V low = TLanes.Or(TLanes.And(pairs, mask), TLanes.ShiftLeft(TLanes.And(bits, first), 4));
                    TLanes.Store(to + at, low);
                    TLanes.Store(to + 256 + at, TLanes.Or(TLanes.And(TLanes.ShiftRight(pairs, 4), mask), TLanes.And(bits, fifth)));
                    bits = TLanes.ShiftRight(bits, 1);
                }
            }
            quants += 256;
            high += 64;
            to += 512;
        }
    }

    /// <summary>Widens the halves of some blocks: 16 scales to 64 bytes a block, then 16 minima where there are any.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void WidenScales<V, TLanes>(byte* halves, int count, byte* to)
        where V : struct
        where TLanes : ILanes<V>
    {
        for (int i = 0; i < count; i += TLanes.Rows)
        {
            TLanes.Store(to, TLanes.LoadHalves(halves));
            halves += 2 * TLanes.Rows;
            to += 4 * TLanes.Rows;
        }
    }
}
