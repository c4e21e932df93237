using System.Runtime.CompilerServices;

namespace Tore.Mesh.Tensors.Kernels.Vector;

/// <summary>
/// Weighted sums of values: <c>o[i] = fma(p[t], v_t[i], o[i])</c>, t rising, for rows and columns that fit the registers. The order
/// along t is that of the definition whatever the tile.
/// </summary>
internal static unsafe class ValueTile<T>
    where T : struct, ILanes<T>
{
    private const int Lanes = Reduction.Lanes;

    /// <summary>Rows that <see cref="Four"/> takes.</summary>
    public const int Rows = 4;

    /// <summary>Adds <paramref name="count"/> values to four rows.</summary>
    public static void Four(float** results, float* values, int headDim, int count, float* p, long stride)
    {
        int column = 0;
        if (T.IsWide)
        {
            for (; column <= headDim - (4 * Lanes); column += 4 * Lanes)
            {
                FourByFour(results, values, column, headDim, count, p, stride);
            }
        }
        for (; column < headDim; column += Lanes)
        {
            FourByOne(results, values, column, headDim, count, p, stride);
        }
    }

    /// <summary>Adds <paramref name="count"/> values to one row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void One(float* result, float* values, int headDim, int count, float* p)
    {
        int column = 0;
        for (; column <= headDim - (2 * Lanes); column += 2 * Lanes)
        {
            float* value = values + column;
            T a = T.Load(result + column);
            T b = T.Load(result + column + Lanes);
            for (nint t = 0; t < count; t++, value += headDim)
            {
                T weight = T.AllOf(p + t);
                a = T.Fma(weight, T.Load(value), a);
                b = T.Fma(weight, T.Load(value + Lanes), b);
            }
            a.Store(result + column);
            b.Store(result + column + Lanes);
        }
        if (column < headDim)
        {
            float* value = values + column;
            T a = T.Load(result + column);
            for (nint t = 0; t < count; t++, value += headDim)
            {
                a = T.Fma(T.AllOf(p + t), T.Load(value), a);
            }
            a.Store(result + column);
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourByFour(float** results, float* values, int column, int headDim, int count, float* p0, long stride)
    {
        float* o0 = results[0] + column;
        float* o1 = results[1] + column;
        float* o2 = results[2] + column;
        float* o3 = results[3] + column;
        float* p1 = p0 + stride;
        float* p2 = p1 + stride;
        float* p3 = p2 + stride;
        float* value = values + column;
        T a0 = T.Load(o0), a1 = T.Load(o0 + Lanes), a2 = T.Load(o0 + (2 * Lanes)), a3 = T.Load(o0 + (3 * Lanes));
        T b0 = T.Load(o1), b1 = T.Load(o1 + Lanes), b2 = T.Load(o1 + (2 * Lanes)), b3 = T.Load(o1 + (3 * Lanes));
        T c0 = T.Load(o2), c1 = T.Load(o2 + Lanes), c2 = T.Load(o2 + (2 * Lanes)), c3 = T.Load(o2 + (3 * Lanes));
        T d0 = T.Load(o3), d1 = T.Load(o3 + Lanes), d2 = T.Load(o3 + (2 * Lanes)), d3 = T.Load(o3 + (3 * Lanes));
        for (nint t = 0; t < count; t++)
        {
            T v0 = T.Load(value), v1 = T.Load(value + Lanes), v2 = T.Load(value + (2 * Lanes)), v3 = T.Load(value + (3 * Lanes));
            value += headDim;
            T p = T.AllOf(p0 + t);
            a0 = T.Fma(p, v0, a0);
            a1 = T.Fma(p, v1, a1);
            a2 = T.Fma(p, v2, a2);
            a3 = T.Fma(p, v3, a3);
            p = T.AllOf(p1 + t);
            b0 = T.Fma(p, v0, b0);
            b1 = T.Fma(p, v1, b1);
            b2 = T.Fma(p, v2, b2);
            b3 = T.Fma(p, v3, b3);
            p = T.AllOf(p2 + t);
            c0 = T.Fma(p, v0, c0);
            c1 = T.Fma(p, v1, c1);
            c2 = T.Fma(p, v2, c2);
            c3 = T.Fma(p, v3, c3);
            p = T.AllOf(p3 + t);
            d0 = T.Fma(p, v0, d0);
            d1 = T.Fma(p, v1, d1);
            d2 = T.Fma(p, v2, d2);
            d3 = T.Fma(p, v3, d3);
        }
        Store(o0, a0, a1, a2, a3);
        Store(o1, b0, b1, b2, b3);
        Store(o2, c0, c1, c2, c3);
        Store(o3, d0, d1, d2, d3);
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void FourByOne(float** results, float* values, int column, int headDim, int count, float* p0, long stride)
    {
        float* p1 = p0 + stride;
        float* p2 = p1 + stride;
        float* p3 = p2 + stride;
        float* value = values + column;
        T a = T.Load(results[0] + column);
        T b = T.Load(results[1] + column);
        T c = T.Load(results[2] + column);
        T d = T.Load(results[3] + column);
        for (nint t = 0; t < count; t++)
        {
            T v = T.Load(value);
            value += headDim;
            a = T.Fma(T.AllOf(p0 + t), v, a);
            b = T.Fma(T.AllOf(p1 + t), v, b);
            c = T.Fma(T.AllOf(p2 + t), v, c);
            d = T.Fma(T.AllOf(p3 + t), v, d);
        }
        a.Store(results[0] + column);
        b.Store(results[1] + column);
        c.Store(results[2] + column);
        d.Store(results[3] + column);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Store(float* destination, T first, T second, T third, T fourth)
    {
        first.Store(destination);
        second.Store(destination + Lanes);
        third.Store(destination + (2 * Lanes));
        fourth.Store(destination + (3 * Lanes));
    }
}
