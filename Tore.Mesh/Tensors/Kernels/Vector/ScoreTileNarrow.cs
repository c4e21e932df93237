using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Tore.Mesh.Tensors.Kernels.Vector;

/// <summary>Scores on machines of 256 and 128 bits: four dot products at a time, as many as their registers hold.</summary>
internal readonly unsafe struct ScoreTileNarrow<T> : IScoreTile
    where T : struct, ILanes<T>
{
    private const int Lanes = Reduction.Lanes;

    public static int Rows => 2;

    public static int KeyStep => 4;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Many(float** queries, float* keys, int headDim, int count, float scale, float* scores, long stride)
    {
        float* query0 = queries[0];
        float* query1 = queries[1];
        for (int t = 0; t < count; t += 2)
        {
            Vector128<float> result = TwoByTwo(query0, query1, keys, headDim) * Vector128.Create(scale);
            // Two floats a row.
            *(double*)(scores + t) = result.AsDouble().ToScalar();
            *(double*)(scores + stride + t) = result.AsDouble().GetElement(1);
            keys += 2L * headDim;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void One(float* query, float* keys, int headDim, int count, float scale, float* scores)
    {
        for (int t = 0; t < count; t += 4)
        {
            (OneByFour(query, keys, headDim) * Vector128.Create(scale)).Store(scores + t);
            keys += 4L * headDim;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> TwoByTwo(float* query0, float* query1, float* key0, int n)
    {
        float* key1 = key0 + n;
        T a = T.All(0), b = T.All(0), c = T.All(0), d = T.All(0);
        for (nint i = 0; i < n; i += Lanes)
        {
            T k0 = T.Load(key0 + i);
            T k1 = T.Load(key1 + i);
            T q = T.Load(query0 + i);
            a = T.Fma(q, k0, a);
            b = T.Fma(q, k1, b);
            q = T.Load(query1 + i);
            c = T.Fma(q, k0, c);
            d = T.Fma(q, k1, d);
        }
        return T.Trees(a, b, c, d);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> OneByFour(float* query, float* key0, int n)
    {
        float* key1 = key0 + n;
        float* key2 = key1 + n;
        float* key3 = key2 + n;
        T a = T.All(0), b = T.All(0), c = T.All(0), d = T.All(0);
        for (nint i = 0; i < n; i += Lanes)
        {
            T q = T.Load(query + i);
            a = T.Fma(q, T.Load(key0 + i), a);
            b = T.Fma(q, T.Load(key1 + i), b);
            c = T.Fma(q, T.Load(key2 + i), c);
            d = T.Fma(q, T.Load(key3 + i), d);
        }
        return T.Trees(a, b, c, d);
    }
}
