using System.Runtime.CompilerServices;

namespace Tore.Mesh.Tensors;

/// <summary>
/// The binary64 functions behind tables and logarithms (docs/arithmetic.md, Functions): the same bits on every machine, unlike the C
/// runtime's. The only file of the library that calls <see cref="double.FusedMultiplyAdd"/>.
/// </summary>
internal static class CanonicalDouble
{
    private const double Ln2High = 0.6931471805599453;         // 0x1.62e42fefa39efp-1
    private const double Ln2Low = 2.3190468138462996e-17;      // 0x1.abc9e3b39803fp-56
    private const double Log2E = 1.4426950408889634;           // 0x1.71547652b82fep+0
    private const double TwoOverPi = 0.6366197723675814;       // 0x1.45f306dc9c883p-1
    private const double HalfPi1 = 1.5707963267948966;         // 0x1.921fb54442d18p+0
    private const double HalfPi2 = 6.123233995736766e-17;      // 0x1.1a62633145c07p-54
    private const double HalfPi3 = -1.4973849048591698e-33;    // -0x1.f1976b7ed8fbcp-110
    private const double SquareRootOfTwo = 1.4142135623730951; // 0x1.6a09e667f3bcdp+0
    private const long MantissaMask = 0x000F_FFFF_FFFF_FFFF;
    private const int ExponentBias = 1023;

    // Taylor coefficients, highest first: the quotients are rounded once, the factorials up to 18! are exact in binary64.
    private static readonly double[] LogSeries =
        [1.0 / 21, 1.0 / 19, 1.0 / 17, 1.0 / 15, 1.0 / 13, 1.0 / 11, 1.0 / 9, 1.0 / 7, 1.0 / 5, 1.0 / 3];
    private static readonly double[] ExpSeries =
    [
        1.0 / 6227020800, 1.0 / 479001600, 1.0 / 39916800, 1.0 / 3628800, 1.0 / 362880, 1.0 / 40320, 1.0 / 5040, 1.0 / 720, 1.0 / 120,
        1.0 / 24, 1.0 / 6, 0.5, 1, 1,
    ];
    private static readonly double[] SinSeries =
    [
        1.0 / 355687428096000, -1.0 / 1307674368000, 1.0 / 6227020800, -1.0 / 39916800, 1.0 / 362880, -1.0 / 5040, 1.0 / 120, -1.0 / 6,
    ];
    private static readonly double[] CosSeries =
    [
        -1.0 / 6402373705728000, 1.0 / 20922789888000, -1.0 / 87178291200, 1.0 / 479001600, -1.0 / 3628800, 1.0 / 40320, -1.0 / 720,
        1.0 / 24, -0.5,
    ];

    /// <summary>Natural logarithm of a finite normal x above 0.</summary>
    public static double Log(double x)
    {
        long bits = BitConverter.DoubleToInt64Bits(x);
        long exponent = (bits >> 52) - ExponentBias;
        double m = BitConverter.Int64BitsToDouble((bits & MantissaMask) | ((long)ExponentBias << 52));
        if (m >= SquareRootOfTwo)
        {
            m *= 0.5;
            exponent++;
        }
        double f = m - 1;
        double s = f / (2 + f);
        double z = s * s;
        double tail = Horner(LogSeries, z) * z;
        double w = double.FusedMultiplyAdd(s + s, tail, s + s);
        return double.FusedMultiplyAdd(exponent, Ln2High, double.FusedMultiplyAdd(exponent, Ln2Low, w));
    }

    /// <summary>e to the x, for |x| of at most 700.</summary>
    public static double Exp(double x)
    {
        double n = Math.Round(x * Log2E, MidpointRounding.ToEven);
        double r = double.FusedMultiplyAdd(n, -Ln2High, x);
        r = double.FusedMultiplyAdd(n, -Ln2Low, r);
        return Horner(ExpSeries, r) * BitConverter.Int64BitsToDouble(((long)n + ExponentBias) << 52);
    }

    /// <summary>x to the y, for x above 0.</summary>
    public static double Pow(double x, double y) => Exp(y * Log(x));

    /// <summary>Sine and cosine of x radians, for |x| of at most 2^30.</summary>
    public static (double Sin, double Cos) SinCos(double x)
    {
        double n = Math.Round(x * TwoOverPi, MidpointRounding.ToEven);
        double r = double.FusedMultiplyAdd(n, -HalfPi1, x);
        r = double.FusedMultiplyAdd(n, -HalfPi2, r);
        r = double.FusedMultiplyAdd(n, -HalfPi3, r);
        double z = r * r;
        double sin = double.FusedMultiplyAdd(Horner(SinSeries, z) * z, r, r);
        double cos = double.FusedMultiplyAdd(Horner(CosSeries, z), z, 1);
        return ((long)n & 3) switch
        {
            0 => (sin, cos),
            1 => (cos, -sin),
            2 => (-sin, -cos),
            _ => (-cos, sin),
        };
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static double Horner(double[] coefficients, double x)
    {
        double sum = coefficients[0];
        for (int i = 1; i < coefficients.Length; i++)
        {
            sum = double.FusedMultiplyAdd(sum, x, coefficients[i]);
        }
        return sum;
    }
}
