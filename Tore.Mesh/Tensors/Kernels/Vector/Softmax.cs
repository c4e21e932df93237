namespace Tore.Mesh.Tensors.Kernels.Vector;

/// <summary>The pieces of softmax over one vector: maximum, exponentials with their sum, and the check for NaN and Inf.</summary>
internal static unsafe class Softmax
{
    private const int ExponentMask = 0x7F80_0000;

    /// <summary>Whether no element is NaN or Inf.</summary>
    public static bool AllFinite(float* x, int n, KernelSet set)
    {
        _ = set;
        return ScalarAllFinite(x, 0, n);
    }

    /// <summary>The greatest of <paramref name="n"/> elements that are not NaN; -Inf for none.</summary>
    public static float Max(float* x, int n, KernelSet set)
    {
        _ = set;
        return ScalarMax(x, 0, n);
    }

    /// <summary>
    /// p = exp((x - max) / divisor) for each element, and their sum16. <paramref name="p"/> may be <paramref name="x"/>. A divisor of 1 changes
    /// no bit.
    /// </summary>
    public static float Exponentials(float* x, int n, float max, float divisor, float* p, KernelSet set)
    {
        _ = set;
        float* lanes = stackalloc float[Reduction.Lanes];
        new Span<float>(lanes, Reduction.Lanes).Clear();
        ScalarExponentials(x, 0, n, max, divisor, p, lanes);
        return Reduction.Tree(lanes);
    }

    /// <summary>The definition of <see cref="AllFinite"/>, elements from <paramref name="start"/> to <paramref name="end"/>.</summary>
    public static bool ScalarAllFinite(float* x, int start, int end)
    {
        for (int i = start; i < end; i++)
        {
            if ((BitConverter.SingleToInt32Bits(x[i]) & ExponentMask) == ExponentMask)
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>The definition of <see cref="Max"/>, elements from <paramref name="start"/> to <paramref name="end"/>.</summary>
    public static float ScalarMax(float* x, int start, int end)
    {
        float max = float.NegativeInfinity;
        for (int i = start; i < end; i++)
        {
            max = x[i] > max ? x[i] : max;
        }
        return max;
    }

    /// <summary>The definition of <see cref="Exponentials"/>, elements from <paramref name="start"/> to <paramref name="end"/>.</summary>
    public static void ScalarExponentials(float* x, int start, int end, float max, float divisor, float* p, float* lanes)
    {
        for (int i = start; i < end; i++)
        {
            p[i] = CanonicalMath.Exp((x[i] - max) / divisor);
            lanes[i % Reduction.Lanes] += p[i];
        }
    }
}
