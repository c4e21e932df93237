using System.Runtime.CompilerServices;

namespace Tore.Mesh.Tensors.Kernels.Vector;

/// <summary>The pieces of softmax over one vector: maximum, exponentials with their sum, and the check for NaN and Inf.</summary>
internal static unsafe class Softmax
{
    private const int ExponentMask = 0x7F80_0000;

    /// <summary>Whether no element is NaN or Inf.</summary>
    public static bool AllFinite(float* x, int n, KernelSet set)
    {
        return set switch
        {
            KernelSet.Avx512 or KernelSet.Avx512Vnni => SimdAllFinite<Lanes512>(x, n),
            KernelSet.Avx2 or KernelSet.Avx2Vnni => SimdAllFinite<Lanes256>(x, n),
            KernelSet.Neon => SimdAllFinite<Lanes128>(x, n),
            _ => ScalarAllFinite(x, 0, n),
        };
    }

    /// <summary>The greatest of <paramref name="n"/> elements that are not NaN; -Inf for none, +0 for any zero.</summary>
    public static float Max(float* x, int n, KernelSet set)
    {
        float max = set switch
        {
            KernelSet.Avx512 or KernelSet.Avx512Vnni => SimdMax<Lanes512>(x, n),
            KernelSet.Avx2 or KernelSet.Avx2Vnni => SimdMax<Lanes256>(x, n),
            KernelSet.Neon => SimdMax<Lanes128>(x, n),
            _ => ScalarMax(x, 0, n),
        };
        // Which zero came first depends on the lanes.
        return max + 0f;
    }

    /// <summary>
    /// p = exp((x - max) / divisor) for each element, and their sum16. <paramref name="p"/> may be <paramref name="x"/>. A divisor of
    /// 1 changes no bit.
    /// </summary>
    public static float Exponentials(float* x, int n, float max, float divisor, float* p, KernelSet set)
    {
        float* lanes = stackalloc float[Reduction.Lanes];
        new Span<float>(lanes, Reduction.Lanes).Clear();
        int done = set switch
        {
            KernelSet.Avx512 or KernelSet.Avx512Vnni => SimdExponentials<Lanes512>(x, n, max, divisor, p, lanes),
            KernelSet.Avx2 or KernelSet.Avx2Vnni => SimdExponentials<Lanes256>(x, n, max, divisor, p, lanes),
            KernelSet.Neon => SimdExponentials<Lanes128>(x, n, max, divisor, p, lanes),
            _ => 0,
        };
        ScalarExponentials(x, done, n, max, divisor, p, lanes);
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

    /// <summary>x = exp(x - the maximum of x), in place; gives the sum16. The SIMD part of attention.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float InPlace<T>(float* x, int n)
        where T : struct, ILanes<T>
    {
        float max = SimdMax<T>(x, n);
        T shift = T.All(max);
        T sum = T.All(0);
        int i = 0;
        for (; i <= n - Reduction.Lanes; i += Reduction.Lanes)
        {
            T y = LaneMath.Exp(T.Load(x + i) - shift);
            y.Store(x + i);
            sum += y;
        }
        float* lanes = stackalloc float[Reduction.Lanes];
        sum.Store(lanes);
        for (; i < n; i++)
        {
            x[i] = CanonicalMath.Exp(x[i] - max);
            lanes[i % Reduction.Lanes] += x[i];
        }
        return Reduction.Tree(lanes);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static bool SimdAllFinite<T>(float* x, int n)
        where T : struct, ILanes<T>
    {
        int i = 0;
        for (; i <= n - Reduction.Lanes; i += Reduction.Lanes)
        {
            if (!T.IsFinite(T.Load(x + i)))
            {
                return false;
            }
        }
        return ScalarAllFinite(x, i, n);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static float SimdMax<T>(float* x, int n)
        where T : struct, ILanes<T>
    {
        T max = T.All(float.NegativeInfinity);
        int i = 0;
        for (; i <= n - Reduction.Lanes; i += Reduction.Lanes)
        {
            max = T.Max(T.Load(x + i), max);
        }
        float* lanes = stackalloc float[Reduction.Lanes];
        max.Store(lanes);
        float whole = ScalarMax(lanes, 0, Reduction.Lanes);
        float rest = ScalarMax(x, i, n);
        return rest > whole ? rest : whole;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int SimdExponentials<T>(float* x, int n, float max, float divisor, float* p, float* lanes)
        where T : struct, ILanes<T>
    {
        T shift = T.All(max);
        T divisors = T.All(divisor);
        T sum = T.All(0);
        int i = 0;
        for (; i <= n - Reduction.Lanes; i += Reduction.Lanes)
        {
            T y = LaneMath.Exp((T.Load(x + i) - shift) / divisors);
            y.Store(p + i);
            sum += y;
        }
        sum.Store(lanes);
        return i;
    }
}
