using System.Runtime.CompilerServices;

namespace Tore.Mesh.Tensors.Kernels.Vector;

/// <summary>The gated unit of the feed-forward layer: y = silu(gate) * up, silu(x) = x / (1 + exp(-x)).</summary>
internal static unsafe class SwiGlu
{
    /// <summary>Combines <paramref name="n"/> elements; <paramref name="y"/> may be either input.</summary>
    public static void Run(float* gate, float* up, int n, float* y, KernelSet set)
    {
        switch (set)
        {
            case KernelSet.Avx512 or KernelSet.Avx512Vnni:
                Simd<Lanes512>(gate, up, n, y);
                break;
            case KernelSet.Avx2 or KernelSet.Avx2Vnni:
                Simd<Lanes256>(gate, up, n, y);
                break;
            case KernelSet.Neon:
                Simd<Lanes128>(gate, up, n, y);
                break;
            default:
                Scalar(gate, up, 0, n, y);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Simd<T>(float* gate, float* up, int n, float* y)
        where T : struct, ILanes<T>
    {
        int i = 0;
        for (; i <= n - Reduction.Lanes; i += Reduction.Lanes)
        {
            (LaneMath.Silu(T.Load(gate + i)) * T.Load(up + i)).Store(y + i);
        }
        Scalar(gate, up, i, n, y);
    }

    /// <summary>The definition, elements from <paramref name="start"/> to <paramref name="end"/>.</summary>
    public static void Scalar(float* gate, float* up, int start, int end, float* y)
    {
        for (int i = start; i < end; i++)
        {
            y[i] = CanonicalMath.Silu(gate[i]) * up[i];
        }
    }
}
