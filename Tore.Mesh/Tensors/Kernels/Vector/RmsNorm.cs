namespace Tore.Mesh.Tensors.Kernels.Vector;

/// <summary>Root mean square normalization: y = (x * (1 / sqrt(dot16(x, x) / n + epsilon))) * weight.</summary>
internal static unsafe class RmsNorm
{
    /// <summary>Normalizes one vector of <paramref name="n"/> elements; <paramref name="y"/> may be <paramref name="x"/>.</summary>
    public static void Run(float* x, float* weight, int n, float epsilon, float* y, KernelSet set)
    {
        _ = set;
        Scalar(x, weight, n, epsilon, y);
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

    private static float Scale(float squares, int n, float epsilon) => 1 / MathF.Sqrt((squares / n) + epsilon);
}
