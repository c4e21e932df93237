using System.Runtime.CompilerServices;

namespace Tore.Mesh.Tensors.Kernels.Vector;

/// <summary>The residual connection: x = x + y.</summary>
internal static unsafe class Residual
{
    /// <summary>Adds <paramref name="y"/> to <paramref name="x"/>, <paramref name="n"/> elements.</summary>
    public static void Add(float* x, float* y, int n, KernelSet set)
    {
        switch (set)
        {
            case KernelSet.Avx512 or KernelSet.Avx512Vnni:
                Simd<Lanes512>(x, y, n);
                break;
            case KernelSet.Avx2 or KernelSet.Avx2Vnni:
                Simd<Lanes256>(x, y, n);
                break;
            case KernelSet.Neon:
                Simd<Lanes128>(x, y, n);
                break;
            default:
                Scalar(x, y, 0, n);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Simd<T>(float* x, float* y, int n)
        where T : struct, ILanes<T>
    {
        int i = 0;
        for (; i <= n - Reduction.Lanes; i += Reduction.Lanes)
        {
            (T.Load(x + i) + T.Load(y + i)).Store(x + i);
        }
        Scalar(x, y, i, n);
    }

    /// <summary>The definition, elements from <paramref name="start"/> to <paramref name="end"/>.</summary>
    public static void Scalar(float* x, float* y, int start, int end)
    {
        for (int i = start; i < end; i++)
        {
            x[i] += y[i];
        }
    }
}
