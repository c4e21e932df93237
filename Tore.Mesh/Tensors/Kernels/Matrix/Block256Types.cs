namespace Tore.Mesh.Tensors.Kernels.Matrix;

/// <summary>A K type, with blocks of 256 in sub-blocks: what the kernels need to know of it.</summary>
internal unsafe interface IBlock256Type
{
    /// <summary>The tensor type.</summary>
    static abstract TensorType Type { get; }

    /// <summary>Whether sub-blocks have minima (Q4_K, Q5_K); else packed weights are 32 above the true ones (Q6_K).</summary>
    static abstract bool HasMinimum { get; }

    /// <summary>Steps of 4 weights in a sub-block.</summary>
    static abstract int SubSteps { get; }

    /// <summary>Steps that a 16-bit chain takes without saturating.</summary>
    static abstract int NarrowSteps { get; }

    /// <summary>Unpacks the weights of one block of one group: 64 pieces of 64 bytes, 4 weights of each row a piece.</summary>
    static abstract void Unpack<V, TLanes>(byte* quants, byte* high, byte* to)
        where V : struct
        where TLanes : ILanes<V>;
}

internal readonly unsafe struct Q4K : IBlock256Type
{
    public static TensorType Type => TensorType.Q4_K;

    public static bool HasMinimum => true;

    public static int SubSteps => 8;

    public static int NarrowSteps => 8;

    public static void Unpack<V, TLanes>(byte* quants, byte* high, byte* to)
        where V : struct
        where TLanes : ILanes<V> => SuperUnpacking.Unpack4<V, TLanes>(quants, to);
}

internal readonly unsafe struct Q5K : IBlock256Type
{
    public static TensorType Type => TensorType.Q5_K;

    public static bool HasMinimum => true;

    public static int SubSteps => 8;

    public static int NarrowSteps => 4;

    public static void Unpack<V, TLanes>(byte* quants, byte* high, byte* to)
        where V : struct
        where TLanes : ILanes<V> => SuperUnpacking.Unpack5<V, TLanes>(quants, high, to);
}

internal readonly unsafe struct Q6K : IBlock256Type
{
    public static TensorType Type => TensorType.Q6_K;

    public static bool HasMinimum => false;

    public static int SubSteps => 4;

    public static int NarrowSteps => 2;

    public static void Unpack<V, TLanes>(byte* quants, byte* high, byte* to)
        where V : struct
        where TLanes : ILanes<V> => SuperUnpacking.Unpack6<V, TLanes>(quants, high, to);
}
