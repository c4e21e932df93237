using System.Runtime.Intrinsics;

namespace Tore.Mesh.Tensors.Kernels.Matrix;

/// <summary>Chooses the kernel of a type and a kernel set.</summary>
internal static unsafe class MatrixKernels
{
    /// <summary>See <see cref="MatrixProduct.Run"/>, without the bias.</summary>
    public static void Run(
        PackedMatrix w, ActivationPanel x, int tokens, float* y, long yStride, int groupStart, int groupEnd, KernelSet set)
    {
        switch (set)
        {
            case KernelSet.Avx512Vnni when w.Type == TensorType.Q8_0:
                // The runtime has VPDPBUSD up to 256 bits only. For eight bits that beats 512 bits without it; for four to six it does not.
                Wide<Vector256<int>, Lanes256, VnniDot256, VnniDot256>(w, x, tokens, y, yStride, groupStart, groupEnd);
                break;
            case KernelSet.Avx512Vnni:
            case KernelSet.Avx512:
                Wide<Vector512<int>, Lanes512, ByteDot512, WordDot512>(w, x, tokens, y, yStride, groupStart, groupEnd);
                break;
            case KernelSet.Avx2Vnni:
                Wide<Vector256<int>, Lanes256, VnniDot256, VnniDot256>(w, x, tokens, y, yStride, groupStart, groupEnd);
                break;
            case KernelSet.Avx2:
                Wide<Vector256<int>, Lanes256, ByteDot256, WordDot256>(w, x, tokens, y, yStride, groupStart, groupEnd);
                break;
            case KernelSet.Neon:
                Wide<Vector128<int>, Lanes128, ArmDot128, ArmOffsetDot128>(w, x, tokens, y, yStride, groupStart, groupEnd);
                break;
            default:
                ScalarProduct.Run(w, x, tokens, y, yStride, groupStart, groupEnd);
                break;
        }
    }

    private static void Wide<V, TLanes, TDot, TByteDot>(
        PackedMatrix w, ActivationPanel x, int tokens, float* y, long yStride, int groupStart, int groupEnd)
        where V : struct
        where TLanes : ILanes<V>
        where TDot : IDot<V>
        where TByteDot : IDot<V>
    {
        switch (w.Type)
        {
            case TensorType.F32:
                PanelProduct<V, TLanes, FloatPanel<V, TLanes, F32Element>>.Run(w, x, tokens, y, yStride, groupStart, groupEnd);
                break;
            case TensorType.F16:
                PanelProduct<V, TLanes, FloatPanel<V, TLanes, F16Element>>.Run(w, x, tokens, y, yStride, groupStart, groupEnd);
                break;
            case TensorType.BF16:
                PanelProduct<V, TLanes, FloatPanel<V, TLanes, BF16Element>>.Run(w, x, tokens, y, yStride, groupStart, groupEnd);
                break;
            case TensorType.Q4_0:
                PanelProduct<V, TLanes, Block32Panel<V, TLanes, TDot, Q40>>.Run(w, x, tokens, y, yStride, groupStart, groupEnd);
                break;
            case TensorType.Q4_1:
                PanelProduct<V, TLanes, Block32Panel<V, TLanes, TDot, Q41>>.Run(w, x, tokens, y, yStride, groupStart, groupEnd);
                break;
            case TensorType.Q5_0:
                PanelProduct<V, TLanes, Block32Panel<V, TLanes, TDot, Q50>>.Run(w, x, tokens, y, yStride, groupStart, groupEnd);
                break;
            case TensorType.Q5_1:
                PanelProduct<V, TLanes, Block32Panel<V, TLanes, TDot, Q51>>.Run(w, x, tokens, y, yStride, groupStart, groupEnd);
                break;
            case TensorType.Q8_0:
                PanelProduct<V, TLanes, Block32Panel<V, TLanes, TByteDot, Q80>>.Run(w, x, tokens, y, yStride, groupStart, groupEnd);
                break;
            case TensorType.Q4_K:
                PanelProduct<V, TLanes, Block256Panel<V, TLanes, TDot, Q4K>>.Run(w, x, tokens, y, yStride, groupStart, groupEnd);
                break;
            case TensorType.Q5_K:
                PanelProduct<V, TLanes, Block256Panel<V, TLanes, TDot, Q5K>>.Run(w, x, tokens, y, yStride, groupStart, groupEnd);
                break;
            case TensorType.Q6_K:
                PanelProduct<V, TLanes, Block256Panel<V, TLanes, TDot, Q6K>>.Run(w, x, tokens, y, yStride, groupStart, groupEnd);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(w), w.Type, "not a type that the engine reads");
        }
    }
}
