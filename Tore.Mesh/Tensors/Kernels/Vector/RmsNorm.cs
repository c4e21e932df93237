using System.Runtime.CompilerServices;

namespace Tore.Mesh.Tensors.Kernels.Vector;

/// <summary>Root mean square normalization: y = (x * (1 / sqrt(dot16(x, x) / n + epsilon))) * weight.</summary>
internal static unsafe class RmsNorm
{
    /// <summary>Normalizes one vector of <paramref name="n"/> elements; <paramref name="y"/> may be <paramref name="x"/>.</summary>
    public static void Run(float* x, float* weight, int n, float epsilon, float* y, KernelSet set)
    {
        switch (set)
        {
            case KernelSet.Avx512 or KernelSet.Avx512Vnni:
                Simd<Lanes512>(x, weight, n, epsilon, y);
                break;
            case KernelSet.Avx2 or KernelSet.Avx2Vnni:
                Simd<Lanes256>(x, weight, n, epsilon, y);
                break;
            case KernelSet.Neon:
                Simd<Lanes128>(x, weight, n, epsilon, y);
                break;
            default:
                Scalar(x, weight, n, epsilon, y);
                break;
        }
    }

    /// <summary>The definition.</summary>
    public static void Scalar(float* x, float* weight, int n, float epsilon, float* y)
    {
        float scale = Scale(Reduction.Dot16(x, x, n), n, epsilon);
        for (int i = 0; i < n; i++)
        {
            y[i] = x[i] * scale * weight[i];
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Simd<T>(float* x, float* weight, int n, float epsilon, float* y)
        where T : struct, ILanes<T>
    {
        float scale = Scale(Reduction.Dot16<T>(x, x, n), n, epsilon);
        T scales = T.All(scale);
        int i = 0;
        for (; i <= n - Reduction.Lanes; i += Reduction.Lanes)
        {
            (T.Load(x + i) * scales * T.Load(weight + i)).Store(y + i);
        }
        for (; i < n; i++)
        {
            y[i] = x[i] * scale * weight[i];
        }
    }

    private static float Scale(float squares, int n, float epsilon) => 1 / MathF.Sqrt((squares / n) + epsilon);
}
