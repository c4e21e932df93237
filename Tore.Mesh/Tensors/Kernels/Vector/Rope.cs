namespace Tore.Mesh.Tensors.Kernels.Vector;

/// <summary>Rotary position embedding: turns each pair (a, b) of a head by the angle of its position, in place.</summary>
internal static unsafe class Rope
{
    /// <summary>
    /// Turns the first 2 * <paramref name="pairs"/> elements of one head; the rest stay. <paramref name="cos"/> and <paramref name="sin"/> are
    /// the rows of a <see cref="RopeTable"/>. Interleaved (llama): pairs are (2i, 2i+1); otherwise (qwen2): (i, i + pairs).
    /// </summary>
    public static void Apply(float* head, float* cos, float* sin, int pairs, bool interleaved, KernelSet set)
    {
        _ = set;
        Scalar(head, cos, sin, 0, pairs, pairs, interleaved);
    }

    /// <summary>The definition: a' = fma(a, c, -(b * s)), b' = fma(a, s, b * c), pairs from <paramref name="start"/> to <paramref name="end"/>.</summary>
    public static void Scalar(float* head, float* cos, float* sin, int start, int end, int pairs, bool interleaved)
    {
        for (int i = start; i < end; i++)
        {
            float* first = interleaved ? head + (2 * i) : head + i;
            float* second = interleaved ? first + 1 : first + pairs;
            float a = *first;
            float b = *second;
            *first = MathF.FusedMultiplyAdd(a, cos[i], -(b * sin[i]));
            *second = MathF.FusedMultiplyAdd(a, sin[i], b * cos[i]);
        }
    }
}
