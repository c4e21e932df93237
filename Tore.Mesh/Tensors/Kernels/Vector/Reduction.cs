using System.Runtime.CompilerServices;

namespace Tore.Mesh.Tensors.Kernels.Vector;

/// <summary>
/// The one order in which vectors are summed (docs/arithmetic.md, Reductions): element i into lane i mod 16, then the tree +8, +4, +2, +1.
/// The definition in plain C#.
/// </summary>
internal static unsafe class Reduction
{
    /// <summary>Lanes of every reduction, on machines of every width.</summary>
    public const int Lanes = 16;

    /// <summary>The sum of a[i] * b[i], each product entering its lane by fma.</summary>
    public static float Dot16(float* a, float* b, int n)
    {
        float* lanes = stackalloc float[Lanes];
        new Span<float>(lanes, Lanes).Clear();
        AddProducts(lanes, a, b, 0, n);
        return Tree(lanes);
    }

    /// <summary>The SIMD twin: the same lanes in registers.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static float Dot16<T>(float* a, float* b, int n)
        where T : struct, ILanes<T>
    {
        T sum = T.All(0);
        int i = 0;
        for (; i <= n - Lanes; i += Lanes)
        {
            sum = T.Fma(T.Load(a + i), T.Load(b + i), sum);
        }
        if (i == n)
        {
            return T.Tree(sum);
        }
        float* lanes = stackalloc float[Lanes];
        sum.Store(lanes);
        AddProducts(lanes, a, b, i, n);
        return Tree(lanes);
    }

    /// <summary>The sum of x[i].</summary>
    public static float Sum16(float* x, int n)
    {
        float* lanes = stackalloc float[Lanes];
        new Span<float>(lanes, Lanes).Clear();
        for (int i = 0; i < n; i++)
        {
            lanes[i % Lanes] += x[i];
        }
        return Tree(lanes);
    }

    /// <summary>Adds the products of elements from <paramref name="start"/> to <paramref name="end"/> to their lanes.</summary>
    public static void AddProducts(float* lanes, float* a, float* b, int start, int end)
    {
        for (int i = start; i < end; i++)
        {
            lanes[i % Lanes] = MathF.FusedMultiplyAdd(a[i], b[i], lanes[i % Lanes]);
        }
    }

    /// <summary>Folds the sixteen lanes in place; the sum is the first.</summary>
    public static float Tree(float* lanes)
    {
        for (int width = Lanes / 2; width > 0; width /= 2)
        {
            for (int j = 0; j < width; j++)
            {
                lanes[j] += lanes[j + width];
            }
        }
        return lanes[0];
    }
}
