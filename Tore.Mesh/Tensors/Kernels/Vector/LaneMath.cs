using System.Runtime.CompilerServices;

namespace Tore.Mesh.Tensors.Kernels.Vector;

/// <summary>The functions of <see cref="CanonicalMath"/> on sixteen lanes: the same operations, so the same bits.</summary>
internal static class LaneMath
{
    /// <summary>The SIMD twin of <see cref="CanonicalMath.Exp"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Exp<T>(T x)
        where T : struct, ILanes<T>
    {
        T shift = T.All(CanonicalMath.RoundingShift);
        T t = T.Fma(x, T.All(CanonicalMath.Log2E), shift);
        T n = t - shift;
        T r = T.Fma(n, T.All(CanonicalMath.MinusLn2High), x);
        r = T.Fma(n, T.All(CanonicalMath.Ln2LowNegated), r);
        T one = T.All(1);
        T p = T.Fma(T.All(CanonicalMath.E6), r, T.All(CanonicalMath.E5));
        p = T.Fma(p, r, T.All(CanonicalMath.E4));
        p = T.Fma(p, r, T.All(CanonicalMath.E3));
        p = T.Fma(p, r, T.All(CanonicalMath.E2));
        p = T.Fma(p, r, one);
        p = T.Fma(p, r, one);
        T y = T.AddExponent(p, t);
        y = T.SelectLess(x, T.All(CanonicalMath.ExpLowest), T.All(0), y);
        y = T.SelectLess(T.All(CanonicalMath.ExpHighest), x, T.All(float.PositiveInfinity), y);
        return T.SelectNumber(x, y, T.All(CanonicalMath.NaN));
    }

    /// <summary>The SIMD twin of <see cref="CanonicalMath.Silu"/>.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static T Silu<T>(T x)
        where T : struct, ILanes<T> => x / (T.All(1) + Exp(-x));
}
