namespace Tore.Mesh.Tensors.Kernels.Vector;

/// <summary>The residual connection: x = x + y.</summary>
internal static unsafe class Residual
{
    /// <summary>Adds <paramref name="y"/> to <paramref name="x"/>, <paramref name="n"/> elements.</summary>
    public static void Add(float* x, float* y, int n, KernelSet set)
    {
        _ = set;
        Scalar(x, y, 0, n);
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
