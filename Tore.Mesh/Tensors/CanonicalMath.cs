namespace Tore.Mesh.Tensors;

/// <summary>
/// The f32 functions of the canonical arithmetic (docs/arithmetic.md, Functions): the definition, in plain C#. The SIMD versions in
/// <c>Kernels/Vector</c> follow it operation by operation and give the same bits.
/// </summary>
internal static class CanonicalMath
{
    /// <summary>Below this <see cref="Exp"/> is 0; at it the result is still a normal number.</summary>
    public const float ExpLowest = -87.3f;

    /// <summary>Above this <see cref="Exp"/> is +Inf; at it the result is still finite.</summary>
    public const float ExpHighest = 88.7f;

    public const float Log2E = 1.44269502f;          // 0x1.715476p+0
    public const float MinusLn2High = -0.693147182f; // -0x1.62e430p-1
    public const float Ln2LowNegated = 1.90465421e-9f; // 0x1.05c610p-29: ln 2 is 0x1.62e430p-1 less this

    /// <summary>1.5 * 2^23: adding it rounds to an integer, which then stands in the low bits.</summary>
    public const float RoundingShift = 12582912f;

    // exp(r) = 1 + r + r^2 (E2 + E3 r + ...), minimax on |r| <= ln(2)/2, relative error 3.1e-9 before rounding.
    public const float E6 = 0.00138145406f; // 0x1.6a23d0p-10
    public const float E5 = 0.00836874545f; // 0x1.123a20p-7
    public const float E4 = 0.0416683890f;  // 0x1.5558f2p-5
    public const float E3 = 0.166665211f;   // 0x1.555492p-3
    public const float E2 = 0.499999940f;   // 0x1.fffffcp-2

    // tanh(x) = x + x^3 (T1 + T2 x^2 + ...), minimax on [0, 0.626], relative error 4.5e-9 before rounding.
    public const float T5 = -0.00569738494f; // -0x1.756242p-8
    public const float T4 = 0.0206325464f;   // 0x1.520b2cp-6
    public const float T3 = -0.0537377968f;  // -0x1.b83854p-5
    public const float T2 = 0.133314207f;    // 0x1.11070ap-3
    public const float T1 = -0.333332807f;   // -0x1.555532p-2
    public const float TanhPolynomialEnd = 0.625f;

    /// <summary>The one NaN that these functions return: 0x7FC00000, where <see cref="float.NaN"/> has its sign bit set.</summary>
    public static float NaN => BitConverter.UInt32BitsToSingle(0x7FC0_0000);

    /// <summary>e to the x; error below 0.9 ULP.</summary>
    public static float Exp(float x)
    {
        if (float.IsNaN(x))
        {
            return NaN;
        }
        if (x < ExpLowest)
        {
            return 0;
        }
        if (x > ExpHighest)
        {
            return float.PositiveInfinity;
        }
        float t = MathF.FusedMultiplyAdd(x, Log2E, RoundingShift);
        float n = t - RoundingShift;
        float r = MathF.FusedMultiplyAdd(n, MinusLn2High, x);
        r = MathF.FusedMultiplyAdd(n, Ln2LowNegated, r);
        float p = MathF.FusedMultiplyAdd(E6, r, E5);
        p = MathF.FusedMultiplyAdd(p, r, E4);
        p = MathF.FusedMultiplyAdd(p, r, E3);
        p = MathF.FusedMultiplyAdd(p, r, E2);
        p = MathF.FusedMultiplyAdd(p, r, 1);
        p = MathF.FusedMultiplyAdd(p, r, 1);
        return BitConverter.Int32BitsToSingle(BitConverter.SingleToInt32Bits(p) + (BitConverter.SingleToInt32Bits(t) << 23));
    }

    /// <summary>x / (1 + e to the -x), the gate of SwiGLU.</summary>
    public static float Silu(float x) => x / (1 + Exp(-x));

    /// <summary>Hyperbolic tangent; error below 1.5 ULP.</summary>
    public static float Tanh(float x)
    {
        if (float.IsNaN(x))
        {
            return NaN;
        }
        float a = MathF.Abs(x);
        float y;
        if (a < TanhPolynomialEnd)
        {
            float s = a * a;
            float p = MathF.FusedMultiplyAdd(T5, s, T4);
            p = MathF.FusedMultiplyAdd(p, s, T3);
            p = MathF.FusedMultiplyAdd(p, s, T2);
            p = MathF.FusedMultiplyAdd(p, s, T1);
            y = MathF.FusedMultiplyAdd(p * s, a, a);
        }
        else
        {
            y = 1 - (2 / (Exp(a + a) + 1));
        }
        return MathF.CopySign(y, x);
    }

    /// <summary>Natural logarithm; error below 0.501 ULP. -Inf at 0, NaN below.</summary>
    public static float Log(float x)
    {
        if (!(x >= 0))
        {
            return NaN;
        }
        if (x == 0)
        {
            return float.NegativeInfinity;
        }
        return float.IsInfinity(x) ? x : (float)CanonicalDouble.Log(x);
    }

    /// <summary>Sine of x radians, |x| at most 2^30; error below 0.501 ULP.</summary>
    public static float Sin(float x) => (float)CanonicalDouble.SinCos(x).Sin;

    /// <summary>Cosine of x radians, |x| at most 2^30; error below 0.501 ULP.</summary>
    public static float Cos(float x) => (float)CanonicalDouble.SinCos(x).Cos;
}
