using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;

namespace Tore.Mesh.Tensors.Kernels.Matrix;

/// <summary>
/// Arm: SDOT where the processor has it, widening multiplies and pairwise sums where not, and a software twin of the same data flow
/// elsewhere (the tests run it on x86). Weights of at most six bits are signed bytes as they are.
/// </summary>
internal readonly struct ArmDot128 : IDot<Vector128<int>>
{
    public static bool IsNarrow => false;

    public static bool TakesOffset => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Open(Vector128<int> total) => total;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Begin(Vector128<int> total, Vector128<int> weights, Vector128<int> activations) =>
        Step(total, weights, activations);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> First(Vector128<int> weights, Vector128<int> activations) =>
        Step(Vector128<int>.Zero, weights, activations);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Step(Vector128<int> chain, Vector128<int> weights, Vector128<int> activations)
    {
        if (Dp.IsSupported)
        {
            return Dp.DotProduct(chain, weights.AsSByte(), activations.AsSByte());
        }
        if (AdvSimd.Arm64.IsSupported)
        {
            Vector128<short> low = AdvSimd.MultiplyWideningLower(weights.AsSByte().GetLower(), activations.AsSByte().GetLower());
            Vector128<short> high = AdvSimd.MultiplyWideningUpper(weights.AsSByte(), activations.AsSByte());
            Vector128<int> pairs = AdvSimd.Arm64.AddPairwise(AdvSimd.AddPairwiseWidening(low), AdvSimd.AddPairwiseWidening(high));
            return chain + pairs;
        }
        return chain + Twin(weights.AsSByte(), activations.AsSByte());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Close(Vector128<int> total, Vector128<int> chain) => chain;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> CloseScaled(Vector128<int> total, Vector128<int> chain, Vector128<int> scale) => total + (chain * scale);

    // Products of even and of odd bytes as int16 (at most 16256: they fit), then neighbouring pairs as int32.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Twin(Vector128<sbyte> weights, Vector128<sbyte> activations)
    {
        Vector128<short> even = (weights.AsInt16() << 8 >> 8) * (activations.AsInt16() << 8 >> 8);
        Vector128<short> odd = (weights.AsInt16() >> 8) * (activations.AsInt16() >> 8);
        return (even.AsInt32() << 16 >> 16) + (even.AsInt32() >> 16) + (odd.AsInt32() << 16 >> 16) + (odd.AsInt32() >> 16);
    }
}

/// <summary>The same for Q8_0, whose packed weights stand 128 above a signed byte.</summary>
internal readonly struct ArmOffsetDot128 : IDot<Vector128<int>>
{
    public static bool IsNarrow => false;

    public static bool TakesOffset => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Open(Vector128<int> total) => total;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Begin(Vector128<int> total, Vector128<int> weights, Vector128<int> activations) =>
        Step(total, weights, activations);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> First(Vector128<int> weights, Vector128<int> activations) =>
        Step(Vector128<int>.Zero, weights, activations);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Step(Vector128<int> chain, Vector128<int> weights, Vector128<int> activations) =>
        ArmDot128.Step(chain, weights ^ Vector128.Create(unchecked((int)0x80808080)), activations);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Close(Vector128<int> total, Vector128<int> chain) => chain;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> CloseScaled(Vector128<int> total, Vector128<int> chain, Vector128<int> scale) => total + (chain * scale);
}
