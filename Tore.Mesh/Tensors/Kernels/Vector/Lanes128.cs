using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;

namespace Tore.Mesh.Tensors.Kernels.Vector;

/// <summary>Sixteen lanes in four 128-bit registers: Arm AdvSimd, and on x86 its stand-in for the tests.</summary>
internal readonly unsafe struct Lanes128(Vector128<float> a, Vector128<float> b, Vector128<float> c, Vector128<float> d) : ILanes<Lanes128>
{
    private const int ExponentMask = 0x7F80_0000;
    private const int MantissaBits = 23;
    private readonly Vector128<float> _a = a;
    private readonly Vector128<float> _b = b;
    private readonly Vector128<float> _c = c;
    private readonly Vector128<float> _d = d;

    public static bool IsWide => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Load(float* source) =>
        new(Vector128.Load(source), Vector128.Load(source + 4), Vector128.Load(source + 8), Vector128.Load(source + 12));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 All(float value)
    {
        Vector128<float> all = Vector128.Create(value);
        return new(all, all, all, all);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 AllOf(float* source) => All(*source);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Fma(Lanes128 a, Lanes128 b, Lanes128 c) => new(
        Vector128.FusedMultiplyAdd(a._a, b._a, c._a),
        Vector128.FusedMultiplyAdd(a._b, b._b, c._b),
        Vector128.FusedMultiplyAdd(a._c, b._c, c._c),
        Vector128.FusedMultiplyAdd(a._d, b._d, c._d));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 Max(Lanes128 a, Lanes128 b) => SelectLess(b, a, a, b);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 SelectLess(Lanes128 a, Lanes128 b, Lanes128 whenTrue, Lanes128 whenFalse) => new(
        Vector128.ConditionalSelect(Vector128.LessThan(a._a, b._a), whenTrue._a, whenFalse._a),
        Vector128.ConditionalSelect(Vector128.LessThan(a._b, b._b), whenTrue._b, whenFalse._b),
        Vector128.ConditionalSelect(Vector128.LessThan(a._c, b._c), whenTrue._c, whenFalse._c),
        Vector128.ConditionalSelect(Vector128.LessThan(a._d, b._d), whenTrue._d, whenFalse._d));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 SelectNumber(Lanes128 x, Lanes128 whenNumber, Lanes128 whenNaN) => new(
        Vector128.ConditionalSelect(Vector128.Equals(x._a, x._a), whenNumber._a, whenNaN._a),
        Vector128.ConditionalSelect(Vector128.Equals(x._b, x._b), whenNumber._b, whenNaN._b),
        Vector128.ConditionalSelect(Vector128.Equals(x._c, x._c), whenNumber._c, whenNaN._c),
        Vector128.ConditionalSelect(Vector128.Equals(x._d, x._d), whenNumber._d, whenNaN._d));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 AddExponent(Lanes128 p, Lanes128 t) => new(
        (p._a.AsInt32() + Vector128.ShiftLeft(t._a.AsInt32(), MantissaBits)).AsSingle(),
        (p._b.AsInt32() + Vector128.ShiftLeft(t._b.AsInt32(), MantissaBits)).AsSingle(),
        (p._c.AsInt32() + Vector128.ShiftLeft(t._c.AsInt32(), MantissaBits)).AsSingle(),
        (p._d.AsInt32() + Vector128.ShiftLeft(t._d.AsInt32(), MantissaBits)).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Lanes128 Even, Lanes128 Odd) Unzip(Lanes128 first, Lanes128 second) => (
        new(Evens(first._a, first._b), Evens(first._c, first._d), Evens(second._a, second._b), Evens(second._c, second._d)),
        new(Odds(first._a, first._b), Odds(first._c, first._d), Odds(second._a, second._b), Odds(second._c, second._d)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Lanes128 First, Lanes128 Second) Zip(Lanes128 even, Lanes128 odd) => (
        new(ZipLow(even._a, odd._a), ZipHigh(even._a, odd._a), ZipLow(even._b, odd._b), ZipHigh(even._b, odd._b)),
        new(ZipLow(even._c, odd._c), ZipHigh(even._c, odd._c), ZipLow(even._d, odd._d), ZipHigh(even._d, odd._d)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Tree(Lanes128 lanes) => Tree4(Fold(lanes));

    /// <summary>The steps +8 and +4.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Fold(Lanes128 lanes) => (lanes._a + lanes._c) + (lanes._b + lanes._d);

    /// <summary>The steps +2 and +1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Tree4(Vector128<float> four)
    {
        Vector128<float> two = four + Highs(four, four);
        return two.ToScalar() + two.GetElement(1);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Trees(Lanes128 a, Lanes128 b, Lanes128 c, Lanes128 d) => Trees4(Fold(a), Fold(b), Fold(c), Fold(d));

    /// <summary>The steps +2 and +1 of four sums.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Trees4(Vector128<float> a, Vector128<float> b, Vector128<float> c, Vector128<float> d)
    {
        Vector128<float> ab = Lows(a, b) + Highs(a, b);
        Vector128<float> cd = Lows(c, d) + Highs(c, d);
        return Evens(ab, cd) + Odds(ab, cd);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsFinite(Lanes128 lanes)
    {
        Vector128<int> mask = Vector128.Create(ExponentMask);
        return !Vector128.EqualsAny(lanes._a.AsInt32() & mask, mask) && !Vector128.EqualsAny(lanes._b.AsInt32() & mask, mask)
            && !Vector128.EqualsAny(lanes._c.AsInt32() & mask, mask) && !Vector128.EqualsAny(lanes._d.AsInt32() & mask, mask);
    }

    /// <summary>x0, x1, y0, y1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Lows(Vector128<float> x, Vector128<float> y) =>
        AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipLow(x.AsDouble(), y.AsDouble()).AsSingle()
        : Sse.IsSupported ? Sse.Shuffle(x, y, 0x44)
        : Vector128.Create(x.GetLower(), y.GetLower());

    /// <summary>x2, x3, y2, y3.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Highs(Vector128<float> x, Vector128<float> y) =>
        AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipHigh(x.AsDouble(), y.AsDouble()).AsSingle()
        : Sse.IsSupported ? Sse.Shuffle(x, y, 0xEE)
        : Vector128.Create(x.GetUpper(), y.GetUpper());

    /// <summary>x0, x2, y0, y2.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Evens(Vector128<float> x, Vector128<float> y) =>
        AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.UnzipEven(x, y)
        : Sse.IsSupported ? Sse.Shuffle(x, y, 0x88)
        : Vector128.Create(x.GetElement(0), x.GetElement(2), y.GetElement(0), y.GetElement(2));

    /// <summary>x1, x3, y1, y3.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> Odds(Vector128<float> x, Vector128<float> y) =>
        AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.UnzipOdd(x, y)
        : Sse.IsSupported ? Sse.Shuffle(x, y, 0xDD)
        : Vector128.Create(x.GetElement(1), x.GetElement(3), y.GetElement(1), y.GetElement(3));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* destination)
    {
        _a.Store(destination);
        _b.Store(destination + 4);
        _c.Store(destination + 8);
        _d.Store(destination + 12);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator +(Lanes128 a, Lanes128 b) => new(a._a + b._a, a._b + b._b, a._c + b._c, a._d + b._d);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator -(Lanes128 a, Lanes128 b) => new(a._a - b._a, a._b - b._b, a._c - b._c, a._d - b._d);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator -(Lanes128 a) => new(-a._a, -a._b, -a._c, -a._d);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator *(Lanes128 a, Lanes128 b) => new(a._a * b._a, a._b * b._b, a._c * b._c, a._d * b._d);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes128 operator /(Lanes128 a, Lanes128 b) => new(a._a / b._a, a._b / b._b, a._c / b._c, a._d / b._d);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> ZipLow(Vector128<float> x, Vector128<float> y) =>
        AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipLow(x, y)
        : Sse.IsSupported ? Sse.UnpackLow(x, y)
        : Vector128.Create(x.GetElement(0), y.GetElement(0), x.GetElement(1), y.GetElement(1));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<float> ZipHigh(Vector128<float> x, Vector128<float> y) =>
        AdvSimd.Arm64.IsSupported ? AdvSimd.Arm64.ZipHigh(x, y)
        : Sse.IsSupported ? Sse.UnpackHigh(x, y)
        : Vector128.Create(x.GetElement(2), y.GetElement(2), x.GetElement(3), y.GetElement(3));
}
