using System.Runtime.CompilerServices;

namespace Tore.Mesh.Tensors.Kernels.Matrix;

/// <summary>
/// A K type, with blocks of 256 in sub-blocks: what the kernels need to know of it. A block is taken as 8 units of 32 weights; a quarter
/// of the nibbles (8 pieces of 64 bytes) gives one unit by its low nibbles and one by its high ones.
/// </summary>
internal interface IBlock256Type
{
    /// <summary>
    /// Whether sub-blocks (of 32) have minima; else they have 16 weights, and packed weights are 32 above the true ones (Q6_K).
    /// </summary>
    static abstract bool HasMinimum { get; }

    /// <summary>Steps that a 16-bit chain takes without saturating; 8 steps are a unit.</summary>
    static abstract int NarrowSteps { get; }

    /// <summary>Packed bytes of the bits above the nibble.</summary>
    static abstract int HighBytes { get; }

    /// <summary>Packed bytes of the sub-block scales.</summary>
    static abstract int SubScaleBytes { get; }

    /// <summary>Where a quarter's high bits begin.</summary>
    static abstract int HighAt(int quarter);

    /// <summary>By how much they are shifted.</summary>
    static abstract int HighShift(int quarter);

    /// <summary>The unit of a quarter's low nibbles.</summary>
    static abstract int LowUnit(int quarter);

    /// <summary>The unit of its high nibbles.</summary>
    static abstract int HighUnit(int quarter);

    /// <summary>Bytes of the low nibbles; <paramref name="bits"/> are shifted already.</summary>
    static abstract V Low<V, TLanes>(V pairs, V bits)
        where V : struct
        where TLanes : ILanes<V>;

    /// <summary>Bytes of the high nibbles.</summary>
    static abstract V High<V, TLanes>(V pairs, V bits)
        where V : struct
        where TLanes : ILanes<V>;
}

internal readonly struct Q4K : IBlock256Type
{
    public static bool HasMinimum => true;

    public static int NarrowSteps => 8;

    public static int HighBytes => 0;

    public static int SubScaleBytes => 192;

    public static int HighAt(int quarter) => 0;

    public static int HighShift(int quarter) => 0;

    public static int LowUnit(int quarter) => 2 * quarter;

    public static int HighUnit(int quarter) => (2 * quarter) + 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Low<V, TLanes>(V pairs, V bits)
        where V : struct
        where TLanes : ILanes<V> => TLanes.And(pairs, TLanes.Broadcast(0x0F0F0F0F));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V High<V, TLanes>(V pairs, V bits)
        where V : struct
        where TLanes : ILanes<V> => TLanes.And(TLanes.ShiftRight(pairs, 4), TLanes.Broadcast(0x0F0F0F0F));
}

/// <summary>Bit s of the high bytes belongs to unit s.</summary>
internal readonly struct Q5K : IBlock256Type
{
    public static bool HasMinimum => true;

    public static int NarrowSteps => 4;

    public static int HighBytes => 512;

    public static int SubScaleBytes => 192;

    public static int HighAt(int quarter) => 0;

    public static int HighShift(int quarter) => 2 * quarter;

    public static int LowUnit(int quarter) => 2 * quarter;

    public static int HighUnit(int quarter) => (2 * quarter) + 1;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Low<V, TLanes>(V pairs, V bits)
        where V : struct
        where TLanes : ILanes<V> => TLanes.Or(
            Q4K.Low<V, TLanes>(pairs, bits), TLanes.ShiftLeft(TLanes.And(bits, TLanes.Broadcast(0x01010101)), 4));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V High<V, TLanes>(V pairs, V bits)
        where V : struct
        where TLanes : ILanes<V> => TLanes.Or(
            Q4K.High<V, TLanes>(pairs, bits), TLanes.ShiftLeft(TLanes.And(bits, TLanes.Broadcast(0x02020202)), 3));
}

/// <summary>
/// A half of the block: low nibbles are units 0 and 1, high ones 2 and 3; so are the bit pairs of the high bytes, from the lowest.
/// </summary>
internal readonly struct Q6K : IBlock256Type
{
    public static bool HasMinimum => false;

    public static int NarrowSteps => 2;

    public static int HighBytes => 1024;

    public static int SubScaleBytes => 256;

    public static int HighAt(int quarter) => quarter / 2 * 512;

    public static int HighShift(int quarter) => quarter % 2 * 2;

    public static int LowUnit(int quarter) => (quarter / 2 * 4) + (quarter % 2);

    public static int HighUnit(int quarter) => LowUnit(quarter) + 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Low<V, TLanes>(V pairs, V bits)
        where V : struct
        where TLanes : ILanes<V> => TLanes.Or(
            Q4K.Low<V, TLanes>(pairs, bits), TLanes.ShiftLeft(TLanes.And(bits, TLanes.Broadcast(0x03030303)), 4));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V High<V, TLanes>(V pairs, V bits)
        where V : struct
        where TLanes : ILanes<V> => TLanes.Or(Q4K.High<V, TLanes>(pairs, bits), TLanes.And(bits, TLanes.Broadcast(0x30303030)));
}
