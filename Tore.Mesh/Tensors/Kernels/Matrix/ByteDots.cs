using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tore.Mesh.Tensors.Kernels.Matrix;

/// <summary>VPMADDUBSW into 16-bit chains, 512 bits: for weights of at most 6 bits, in chains that cannot saturate.</summary>
internal readonly struct ByteDot512 : IDot<Vector512<int>>
{
    public static bool IsNarrow => true;

    public static bool TakesOffset => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Open(Vector512<int> total) => Vector512<int>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Begin(Vector512<int> total, Vector512<int> weights, Vector512<int> activations) =>
        First(weights, activations);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> First(Vector512<int> weights, Vector512<int> activations) =>
        Avx512BW.MultiplyAddAdjacent(weights.AsByte(), activations.AsSByte()).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Step(Vector512<int> chain, Vector512<int> weights, Vector512<int> activations) =>
        (chain.AsInt16() + Avx512BW.MultiplyAddAdjacent(weights.AsByte(), activations.AsSByte())).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Close(Vector512<int> total, Vector512<int> chain) =>
        total + Avx512BW.MultiplyAddAdjacent(chain.AsInt16(), Vector512<short>.One);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> CloseScaled(Vector512<int> total, Vector512<int> chain, Vector512<int> scale) =>
        total + Avx512BW.MultiplyAddAdjacent(chain.AsInt16(), scale.AsInt16());
}

/// <summary>VPMADDUBSW into 16-bit chains, 256 bits.</summary>
internal readonly struct ByteDot256 : IDot<Vector256<int>>
{
    public static bool IsNarrow => true;

    public static bool TakesOffset => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Open(Vector256<int> total) => Vector256<int>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Begin(Vector256<int> total, Vector256<int> weights, Vector256<int> activations) =>
        First(weights, activations);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> First(Vector256<int> weights, Vector256<int> activations) =>
        Avx2.MultiplyAddAdjacent(weights.AsByte(), activations.AsSByte()).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Step(Vector256<int> chain, Vector256<int> weights, Vector256<int> activations) =>
        (chain.AsInt16() + Avx2.MultiplyAddAdjacent(weights.AsByte(), activations.AsSByte())).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Close(Vector256<int> total, Vector256<int> chain) =>
        total + Avx2.MultiplyAddAdjacent(chain.AsInt16(), Vector256<short>.One);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> CloseScaled(Vector256<int> total, Vector256<int> chain, Vector256<int> scale) =>
        total + Avx2.MultiplyAddAdjacent(chain.AsInt16(), scale.AsInt16());
}
