namespace Tore.Mesh.Tensors.Kernels.Vector;

/// <summary>The gated unit of the feed-forward layer: y = silu(gate) * up, silu(x) = x / (1 + exp(-x)).</summary>
internal static unsafe class SwiGlu
{
    /// <summary>Combines <paramref name="n"/> elements; <paramref name="y"/> may be either input.</summary>
    public static void Run(float* gate, float* up, int n, float* y, KernelSet set)
    {
        _ = set;
        Scalar(gate, up, 0, n, y);
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
