using System.Runtime.CompilerServices;

namespace Tore.Mesh.Tensors.Kernels.Vector;

/// <summary>Rotary position embedding: turns each pair (a, b) of a head by the angle of its position, in place.</summary>
internal static unsafe class Rope
{
    /// <summary>
    /// Turns the first 2 * <paramref name="pairs"/> elements of one head; the rest stay. <paramref name="cos"/> and <paramref
    /// name="sin"/> are the rows of a <see cref="RopeTable"/>. Interleaved (llama): pairs are (2i, 2i+1); otherwise (qwen2): (i, i +
    /// pairs).
    /// </summary>
    public static void Apply(float* head, float* cos, float* sin, int pairs, bool interleaved, KernelSet set)
    {
        switch (set)
        {
            case KernelSet.Avx512 or KernelSet.Avx512Vnni:
                Simd<Lanes512>(head, cos, sin, pairs, interleaved);
                break;
            case KernelSet.Avx2 or KernelSet.Avx2Vnni:
                Simd<Lanes256>(head, cos, sin, pairs, interleaved);
                break;
            case KernelSet.Neon:
                Simd<Lanes128>(head, cos, sin, pairs, interleaved);
                break;
            default:
                Scalar(head, cos, sin, 0, pairs, pairs, interleaved);
                break;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void Simd<T>(float* head, float* cos, float* sin, int pairs, bool interleaved)
        where T : struct, ILanes<T>
    {
        int i = 0;
        for (; i <= pairs - Reduction.Lanes; i += Reduction.Lanes)
        {
            T c = T.Load(cos + i);
            T s = T.Load(sin + i);
            float* low = interleaved ? head + (2 * i) : head + i;
            float* high = interleaved ? low + Reduction.Lanes : low + pairs;
            T a = T.Load(low);
            T b = T.Load(high);
            if (interleaved)
            {
                (a, b) = T.Unzip(a, b);
            }
            T first = T.Fma(a, c, -(b * s));
            T second = T.Fma(a, s, b * c);
            if (interleaved)
            {
                (first, second) = T.Zip(first, second);
            }
            first.Store(low);
            second.Store(high);
        }
        Scalar(head, cos, sin, i, pairs, pairs, interleaved);
    }

    /// <summary>
    /// The definition: a' = fma(a, c, -(b * s)), b' = fma(a, s, b * c), pairs from <paramref name="start"/> to <paramref
    /// name="end"/>.
    /// </summary>
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
