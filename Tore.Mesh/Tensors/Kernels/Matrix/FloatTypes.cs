using System.Runtime.CompilerServices;

namespace Tore.Mesh.Tensors.Kernels.Matrix;

/// <summary>A float type: how 16 rows' elements are widened.</summary>
internal unsafe interface IFloatType
{
    /// <summary>Bytes of an element.</summary>
    static abstract int ElementBytes { get; }

    /// <summary>Reads one element a lane as f32.</summary>
    static abstract V Load<V, TLanes>(byte* from)
        where V : struct
        where TLanes : ILanes<V>;
}

internal readonly unsafe struct F32Element : IFloatType
{
    public static int ElementBytes => 4;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Load<V, TLanes>(byte* from)
        where V : struct
        where TLanes : ILanes<V> => TLanes.Load(from);
}

internal readonly unsafe struct F16Element : IFloatType
{
    public static int ElementBytes => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Load<V, TLanes>(byte* from)
        where V : struct
        where TLanes : ILanes<V> => TLanes.LoadHalves(from);
}

internal readonly unsafe struct BF16Element : IFloatType
{
    public static int ElementBytes => 2;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static V Load<V, TLanes>(byte* from)
        where V : struct
        where TLanes : ILanes<V> => TLanes.LoadBrains(from);
}
