namespace Tore.Mesh.Tensors.Kernels.Matrix;

/// <summary>A type with blocks of 32: what the kernels need to know of it.</summary>
internal unsafe interface IBlock32Type
{
    /// <summary>The tensor type.</summary>
    static abstract TensorType Type { get; }

    /// <summary>The packed weights are this much (a power of two, its exponent; 0: none) above the true ones.</summary>
    static abstract int OffsetShift { get; }

    /// <summary>Whether a block has a minimum.</summary>
    static abstract bool HasMinimum { get; }

    /// <summary>Steps that a 16-bit chain takes without saturating: weight * 127 * 2 * steps stays below 32768.</summary>
    static abstract int NarrowSteps { get; }

    /// <summary>Whether the packed bytes are the unpacked ones.</summary>
    static abstract bool IsUnpacked { get; }

    /// <summary>Unpacks the nibbles of some blocks of one group into 8 pieces of 64 bytes each: 4 weights of each row a piece.</summary>
    static abstract void Unpack<V, TLanes>(byte* quants, byte* high, int blocks, byte* to)
        where V : struct
        where TLanes : ILanes<V>;
}

internal readonly unsafe struct Q40 : IBlock32Type
{
    public static TensorType Type => TensorType.Q4_0;

    public static int OffsetShift => 3;

    public static bool HasMinimum => false;

    public static int NarrowSteps => 8;

    public static bool IsUnpacked => false;

    public static void Unpack<V, TLanes>(byte* quants, byte* high, int blocks, byte* to)
        where V : struct
        where TLanes : ILanes<V> => NibbleUnpacking.Unpack4<V, TLanes>(quants, blocks, to);
}

internal readonly unsafe struct Q41 : IBlock32Type
{
    public static TensorType Type => TensorType.Q4_1;

    public static int OffsetShift => 0;

    public static bool HasMinimum => true;

    public static int NarrowSteps => 8;

    public static bool IsUnpacked => false;

    public static void Unpack<V, TLanes>(byte* quants, byte* high, int blocks, byte* to)
        where V : struct
        where TLanes : ILanes<V> => NibbleUnpacking.Unpack4<V, TLanes>(quants, blocks, to);
}

internal readonly unsafe struct Q50 : IBlock32Type
{
    public static TensorType Type => TensorType.Q5_0;

    public static int OffsetShift => 4;

    public static bool HasMinimum => false;

    public static int NarrowSteps => 4;

    public static bool IsUnpacked => false;

    public static void Unpack<V, TLanes>(byte* quants, byte* high, int blocks, byte* to)
        where V : struct
        where TLanes : ILanes<V> => NibbleUnpacking.Unpack5<V, TLanes>(quants, high, blocks, to);
}

internal readonly unsafe struct Q51 : IBlock32Type
{
    public static TensorType Type => TensorType.Q5_1;

    public static int OffsetShift => 0;

    public static bool HasMinimum => true;

    public static int NarrowSteps => 4;

    public static bool IsUnpacked => false;

    public static void Unpack<V, TLanes>(byte* quants, byte* high, int blocks, byte* to)
        where V : struct
        where TLanes : ILanes<V> => NibbleUnpacking.Unpack5<V, TLanes>(quants, high, blocks, to);
}

internal readonly unsafe struct Q80 : IBlock32Type
{
    public static TensorType Type => TensorType.Q8_0;

    public static int OffsetShift => 7;

    public static bool HasMinimum => false;

    // Eight bits saturate at once: Q8_0 never runs on 16-bit chains.
    public static int NarrowSteps => 0;

    public static bool IsUnpacked => true;

    public static void Unpack<V, TLanes>(byte* quants, byte* high, int blocks, byte* to)
        where V : struct
        where TLanes : ILanes<V> => throw new InvalidOperationException("Q8_0 is used as packed");
}
