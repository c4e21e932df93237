using System.Runtime.CompilerServices;

namespace Tore.Mesh.Tensors.Kernels.Matrix;

/// <summary>A type with blocks of 32: what the kernels need to know of it.</summary>
internal unsafe interface IBlock32Type
{
    /// <summary>The packed weights are this much (a power of two, its exponent; 0: none) above the true ones.</summary>
    static abstract int OffsetShift { get; }

    /// <summary>Whether a block has a minimum.</summary>
    static abstract bool HasMinimum { get; }

    /// <summary>Steps that a 16-bit chain takes without saturating: weight * 127 * 2 * steps stays below 32768.</summary>
    static abstract int NarrowSteps { get; }

    /// <summary>Packed bytes of a block of 16 rows: nibbles or bytes.</summary>
    static abstract int QuantBytes { get; }

    /// <summary>Packed bytes of the bits above the nibble.</summary>
    static abstract int HighBytes { get; }

    /// <summary>Weights 4i..4i+3 of each row as bytes; i from 0 to 3, <paramref name="bits"/> the vector of high bits.</summary>
    static abstract V Low<V, TLanes>(byte* quants, V bits, int i)
        where V : struct
        where TLanes : ILanes<V>;

    /// <summary>Weights 16+4i..16+4i+3.</summary>
    static abstract V High<V, TLanes>(byte* quants, V bits, int i)
        where V : struct
        where TLanes : ILanes<V>;
}

internal readonly unsafe struct Q40 : IBlock32Type
{
    public static int OffsetShift => 3;

    public static bool HasMinimum => false;

    public static int NarrowSteps => 8;

    public static int QuantBytes => 256;

    public static int HighBytes => 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Low<V, TLanes>(byte* quants, V bits, int i)
        where V : struct
        where TLanes : ILanes<V> => TLanes.And(TLanes.Load(quants + (64 * i)), TLanes.Broadcast(0x0F0F0F0F));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V High<V, TLanes>(byte* quants, V bits, int i)
        where V : struct
        where TLanes : ILanes<V> => TLanes.And(TLanes.ShiftRight(TLanes.Load(quants + (64 * i)), 4), TLanes.Broadcast(0x0F0F0F0F));
}

internal readonly unsafe struct Q41 : IBlock32Type
{
    public static int OffsetShift => 0;

    public static bool HasMinimum => true;

    public static int NarrowSteps => 8;

    public static int QuantBytes => 256;

    public static int HighBytes => 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Low<V, TLanes>(byte* quants, V bits, int i)
        where V : struct
        where TLanes : ILanes<V> => TLanes.And(TLanes.Load(quants + (64 * i)), TLanes.Broadcast(0x0F0F0F0F));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V High<V, TLanes>(byte* quants, V bits, int i)
        where V : struct
        where TLanes : ILanes<V> => TLanes.And(TLanes.ShiftRight(TLanes.Load(quants + (64 * i)), 4), TLanes.Broadcast(0x0F0F0F0F));
}

internal readonly unsafe struct Q50 : IBlock32Type
{
    public static int OffsetShift => 4;

    public static bool HasMinimum => false;

    public static int NarrowSteps => 4;

    public static int QuantBytes => 256;

    public static int HighBytes => 64;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Low<V, TLanes>(byte* quants, V bits, int i)
        where V : struct
        where TLanes : ILanes<V> => TLanes.Or(
            TLanes.And(TLanes.Load(quants + (64 * i)), TLanes.Broadcast(0x0F0F0F0F)),
            TLanes.And(TLanes.ShiftLeft(bits, 4 - i), TLanes.Broadcast(0x10101010)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V High<V, TLanes>(byte* quants, V bits, int i)
        where V : struct
        where TLanes : ILanes<V> => TLanes.Or(
            TLanes.And(TLanes.ShiftRight(TLanes.Load(quants + (64 * i)), 4), TLanes.Broadcast(0x0F0F0F0F)),
            TLanes.And(TLanes.ShiftRight(bits, i), TLanes.Broadcast(0x10101010)));
}

internal readonly unsafe struct Q51 : IBlock32Type
{
    public static int OffsetShift => 0;

    public static bool HasMinimum => true;

    public static int NarrowSteps => 4;

    public static int QuantBytes => 256;

    public static int HighBytes => 64;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Low<V, TLanes>(byte* quants, V bits, int i)
        where V : struct
        where TLanes : ILanes<V> => TLanes.Or(
            TLanes.And(TLanes.Load(quants + (64 * i)), TLanes.Broadcast(0x0F0F0F0F)),
            TLanes.And(TLanes.ShiftLeft(bits, 4 - i), TLanes.Broadcast(0x10101010)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V High<V, TLanes>(byte* quants, V bits, int i)
        where V : struct
        where TLanes : ILanes<V> => TLanes.Or(
            TLanes.And(TLanes.ShiftRight(TLanes.Load(quants + (64 * i)), 4), TLanes.Broadcast(0x0F0F0F0F)),
            TLanes.And(TLanes.ShiftRight(bits, i), TLanes.Broadcast(0x10101010)));
}

internal readonly unsafe struct Q80 : IBlock32Type
{
    public static int OffsetShift => 7;

    public static bool HasMinimum => false;
    // Eight bits saturate at once: Q8_0 never runs on 16-bit chains.
    public static int NarrowSteps => 0;

    public static int QuantBytes => 512;

    public static int HighBytes => 0;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Low<V, TLanes>(byte* quants, V bits, int i)
        where V : struct
        where TLanes : ILanes<V> => TLanes.Load(quants + (64 * i));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V High<V, TLanes>(byte* quants, V bits, int i)
        where V : struct
        where TLanes : ILanes<V> => TLanes.Load(quants + 256 + (64 * i));
}
