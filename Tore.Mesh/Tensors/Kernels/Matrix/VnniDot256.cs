using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tore.Mesh.Tensors.Kernels.Matrix;

/// <summary>VPDPBUSD, 256 bits: four products and their sum in one step, in int32.</summary>
internal readonly struct VnniDot256 : IDot<Vector256<int>>
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
    public static Vector256<int> Step(Vector256<int> chain, Vector256<int> weights, Vector256<int> activations) =>
        AvxVnni.MultiplyWideningAndAdd(chain, weights.AsByte(), activations.AsSByte());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> Close(Vector256<int> total, Vector256<int> chain) => chain;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector256<int> CloseScaled(Vector256<int> total, Vector256<int> chain, Vector256<int> scale) => total + (chain * scale);
}
