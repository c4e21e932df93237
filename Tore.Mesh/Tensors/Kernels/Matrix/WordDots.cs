using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tore.Mesh.Tensors.Kernels.Matrix;

/// <summary>
/// Q8_0 without VNNI, 512 bits. VPMADDUBSW would saturate on weights of eight bits, so weights and activations are widened to 16 bits,
/// the even and the odd ones apart, and joined by VPMADDWD, which cannot overflow here.
/// </summary>
internal readonly struct WordDot512 : IDot<Vector512<int>>
{
    public static bool IsNarrow => false;

    public static bool TakesOffset => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Open(Vector512<int> total) => total;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Begin(Vector512<int> total, Vector512<int> weights, Vector512<int> activations) =>
        Step(total, weights, activations);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> First(Vector512<int> weights, Vector512<int> activations) =>
        Step(Vector512<int>.Zero, weights, activations);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Step(Vector512<int> chain, Vector512<int> weights, Vector512<int> activations)
    {
        Vector512<short> evenWeights = (weights & Vector512.Create(0x00FF00FF)).AsInt16();
        Vector512<short> oddWeights = weights.AsInt16() >>> 8;
        Vector512<short> evenActivations = activations.AsInt16() << 8 >> 8;
        Vector512<short> oddActivations = activations.AsInt16() >> 8;
        return chain + Avx512BW.MultiplyAddAdjacent(evenWeights, evenActivations)
            + Avx512BW.MultiplyAddAdjacent(oddWeights, oddActivations);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Close(Vector512<int> total, Vector512<int> chain) => chain;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> CloseScaled(Vector512<int> total, Vector512<int> chain, Vector512<int> scale) => total + (chain * scale);
}

/// <summary>Q8_0 without VNNI, 256 bits; see <see cref="WordDot512"/>.</summary>
internal readonly struct WordDot256 : IDot<Vector256<int>>
{
    public static bool IsNarrow => false;

    public static bool TakesOffset => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Open(Vector256<int> total) => total;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Begin(Vector256<int> total, Vector256<int> weights, Vector256<int> activations) =>
        Step(total, weights, activations);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> First(Vector256<int> weights, Vector256<int> activations) =>
        Step(Vector256<int>.Zero, weights, activations);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Step(Vector256<int> chain, Vector256<int> weights, Vector256<int> activations)
    {
        Vector256<short> evenWeights = (weights & Vector256.Create(0x00FF00FF)).AsInt16();
        Vector256<short> oddWeights = weights.AsInt16() >>> 8;
        Vector256<short> evenActivations = activations.AsInt16() << 8 >> 8;
        Vector256<short> oddActivations = activations.AsInt16() >> 8;
        return chain + Avx2.MultiplyAddAdjacent(evenWeights, evenActivations) + Avx2.MultiplyAddAdjacent(oddWeights, oddActivations);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Close(Vector256<int> total, Vector256<int> chain) => chain;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> CloseScaled(Vector256<int> total, Vector256<int> chain, Vector256<int> scale) => total + (chain * scale);
}
