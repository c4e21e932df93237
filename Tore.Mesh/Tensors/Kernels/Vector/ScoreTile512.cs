using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tore.Mesh.Tensors.Kernels.Vector;

/// <summary>Scores with AVX-512: sixteen dot products at a time, one register each.</summary>
internal readonly unsafe struct ScoreTile512 : IScoreTile
{
    private const int Lanes = Reduction.Lanes;

    public static int Rows => 4;

    public static int KeyStep => 16;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Many(float** queries, float* keys, int headDim, int count, float scale, float* scores, long stride)
    {
        float* query0 = queries[0];
        float* query1 = queries[1];
        float* query2 = queries[2];
        float* query3 = queries[3];
        Vector512<float> scales = Vector512.Create(scale);
        for (int t = 0; t < count; t += 4)
        {
            Vector512<float> result = FourByFour(query0, query1, query2, query3, keys, headDim) * scales;
            result.GetLower().GetLower().Store(scores);
            result.GetLower().GetUpper().Store(scores + stride);
            result.GetUpper().GetLower().Store(scores + (2 * stride));
            result.GetUpper().GetUpper().Store(scores + (3 * stride));
            keys += 4L * headDim;
            scores += 4;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void One(float* query, float* keys, int headDim, int count, float scale, float* scores)
    {
        Vector512<float> scales = Vector512.Create(scale);
        for (int t = 0; t < count; t += 16)
        {
            // The four keys of a quarter stand in the same 128-bit block; the fold leaves key 4e + b in block b, place e.
            Vector512<float> folded = Fold(
                OneByFour(query, keys, headDim),
                OneByFour(query, keys + (4L * headDim), headDim),
                OneByFour(query, keys + (8L * headDim), headDim),
                OneByFour(query, keys + (12L * headDim), headDim));
            Vector512<int> order = Vector512.Create(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
            (Avx512F.PermuteVar16x32(folded, order) * scales).Store(scores);
            keys += 16L * headDim;
            scores += 16;
        }
    }

    /// <summary>Scores of four queries (a 128-bit block each) with four keys (a place in the block each).</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> FourByFour(float* query0, float* query1, float* query2, float* query3, float* key0, int n)
    {
        float* key1 = key0 + n;
        float* key2 = key1 + n;
        float* key3 = key2 + n;
        Vector512<float> a0 = default, a1 = default, a2 = default, a3 = default, b0 = default, b1 = default, b2 = default, b3 = default;
        Vector512<float> c0 = default, c1 = default, c2 = default, c3 = default, d0 = default, d1 = default, d2 = default, d3 = default;
        for (nint i = 0; i < n; i += Lanes)
        {
            Vector512<float> k0 = Vector512.Load(key0 + i);
            Vector512<float> k1 = Vector512.Load(key1 + i);
            Vector512<float> k2 = Vector512.Load(key2 + i);
            Vector512<float> k3 = Vector512.Load(key3 + i);
            Vector512<float> q = Vector512.Load(query0 + i);
            a0 = Vector512.FusedMultiplyAdd(q, k0, a0);
            a1 = Vector512.FusedMultiplyAdd(q, k1, a1);
            a2 = Vector512.FusedMultiplyAdd(q, k2, a2);
            a3 = Vector512.FusedMultiplyAdd(q, k3, a3);
            q = Vector512.Load(query1 + i);
            b0 = Vector512.FusedMultiplyAdd(q, k0, b0);
            b1 = Vector512.FusedMultiplyAdd(q, k1, b1);
            b2 = Vector512.FusedMultiplyAdd(q, k2, b2);
            b3 = Vector512.FusedMultiplyAdd(q, k3, b3);
            q = Vector512.Load(query2 + i);
            c0 = Vector512.FusedMultiplyAdd(q, k0, c0);
            c1 = Vector512.FusedMultiplyAdd(q, k1, c1);
            c2 = Vector512.FusedMultiplyAdd(q, k2, c2);
            c3 = Vector512.FusedMultiplyAdd(q, k3, c3);
            q = Vector512.Load(query3 + i);
            d0 = Vector512.FusedMultiplyAdd(q, k0, d0);
            d1 = Vector512.FusedMultiplyAdd(q, k1, d1);
            d2 = Vector512.FusedMultiplyAdd(q, k2, d2);
            d3 = Vector512.FusedMultiplyAdd(q, k3, d3);
        }
        return Fold(Quarter(a0, b0, c0, d0), Quarter(a1, b1, c1, d1), Quarter(a2, b2, c2, d2), Quarter(a3, b3, c3, d3));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> OneByFour(float* query, float* key0, int n)
    {
        float* key1 = key0 + n;
        float* key2 = key1 + n;
        float* key3 = key2 + n;
        Vector512<float> a = default, b = default, c = default, d = default;
        for (nint i = 0; i < n; i += Lanes)
        {
            Vector512<float> q = Vector512.Load(query + i);
            a = Vector512.FusedMultiplyAdd(q, Vector512.Load(key0 + i), a);
            b = Vector512.FusedMultiplyAdd(q, Vector512.Load(key1 + i), b);
            c = Vector512.FusedMultiplyAdd(q, Vector512.Load(key2 + i), c);
            d = Vector512.FusedMultiplyAdd(q, Vector512.Load(key3 + i), d);
        }
        return Quarter(a, b, c, d);
    }

    /// <summary>The steps +8 and +4 of four sums: four lanes of each remain, in the block of its place.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Quarter(Vector512<float> a, Vector512<float> b, Vector512<float> c, Vector512<float> d)
    {
        Vector512<float> ab = Avx512F.Shuffle4x128(a, b, 0x44) + Avx512F.Shuffle4x128(a, b, 0xEE);
        Vector512<float> cd = Avx512F.Shuffle4x128(c, d, 0x44) + Avx512F.Shuffle4x128(c, d, 0xEE);
        return Avx512F.Shuffle4x128(ab, cd, 0x88) + Avx512F.Shuffle4x128(ab, cd, 0xDD);
    }

    /// <summary>The steps +2 and +1: the sums of argument e stand at place e of each block.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector512<float> Fold(Vector512<float> e0, Vector512<float> e1, Vector512<float> e2, Vector512<float> e3)
    {
        Vector512<float> low = Avx512F.Shuffle(e0, e1, 0x44) + Avx512F.Shuffle(e0, e1, 0xEE);
        Vector512<float> high = Avx512F.Shuffle(e2, e3, 0x44) + Avx512F.Shuffle(e2, e3, 0xEE);
        return Avx512F.Shuffle(low, high, 0x88) + Avx512F.Shuffle(low, high, 0xDD);
    }
}
