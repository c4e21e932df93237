using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tore.Mesh.Tensors.Kernels.Vector;

/// <summary>Sixteen lanes in two AVX2 registers.</summary>
internal readonly unsafe struct Lanes256(Vector256<float> low, Vector256<float> high) : ILanes<Lanes256>
{
    private const int ExponentMask = 0x7F80_0000;
    private const int MantissaBits = 23;
    private readonly Vector256<float> _low = low;
    private readonly Vector256<float> _high = high;

    public static bool IsWide => false;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Load(float* source) => new(Vector256.Load(source), Vector256.Load(source + 8));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 All(float value) => new(Vector256.Create(value), Vector256.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 AllOf(float* source)
    {
        Vector256<float> all = Avx.BroadcastScalarToVector256(source);
        return new(all, all);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Fma(Lanes256 a, Lanes256 b, Lanes256 c) =>
        new(Vector256.FusedMultiplyAdd(a._low, b._low, c._low), Vector256.FusedMultiplyAdd(a._high, b._high, c._high));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 Max(Lanes256 a, Lanes256 b) => new(Avx.Max(a._low, b._low), Avx.Max(a._high, b._high));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 SelectLess(Lanes256 a, Lanes256 b, Lanes256 whenTrue, Lanes256 whenFalse) => new(
        Vector256.ConditionalSelect(Vector256.LessThan(a._low, b._low), whenTrue._low, whenFalse._low),
        Vector256.ConditionalSelect(Vector256.LessThan(a._high, b._high), whenTrue._high, whenFalse._high));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 SelectNumber(Lanes256 x, Lanes256 whenNumber, Lanes256 whenNaN) => new(
        Vector256.ConditionalSelect(Vector256.Equals(x._low, x._low), whenNumber._low, whenNaN._low),
        Vector256.ConditionalSelect(Vector256.Equals(x._high, x._high), whenNumber._high, whenNaN._high));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 AddExponent(Lanes256 p, Lanes256 t) => new(
        (p._low.AsInt32() + Vector256.ShiftLeft(t._low.AsInt32(), MantissaBits)).AsSingle(),
        (p._high.AsInt32() + Vector256.ShiftLeft(t._high.AsInt32(), MantissaBits)).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Lanes256 Even, Lanes256 Odd) Unzip(Lanes256 first, Lanes256 second) =>
        (new(Pick(first, 0x88), Pick(second, 0x88)), new(Pick(first, 0xDD), Pick(second, 0xDD)));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Lanes256 First, Lanes256 Second) Zip(Lanes256 even, Lanes256 odd) =>
        (Weave(even._low, odd._low), Weave(even._high, odd._high));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Tree(Lanes256 lanes) => Tree8(lanes._low + lanes._high);

    /// <summary>The steps +4, +2 and +1.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Tree8(Vector256<float> eight) => Lanes128.Tree4(eight.GetLower() + eight.GetUpper());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Trees(Lanes256 a, Lanes256 b, Lanes256 c, Lanes256 d)
    {
        Vector256<float> a8 = a._low + a._high;
        Vector256<float> b8 = b._low + b._high;
        Vector256<float> c8 = c._low + c._high;
        Vector256<float> d8 = d._low + d._high;
        return Lanes128.Trees4(
            a8.GetLower() + a8.GetUpper(), b8.GetLower() + b8.GetUpper(), c8.GetLower() + c8.GetUpper(), d8.GetLower() + d8.GetUpper());
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsFinite(Lanes256 lanes)
    {
        Vector256<int> mask = Vector256.Create(ExponentMask);
        return !Vector256.EqualsAny(lanes._low.AsInt32() & mask, mask) && !Vector256.EqualsAny(lanes._high.AsInt32() & mask, mask);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* destination)
    {
        _low.Store(destination);
        _high.Store(destination + 8);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator +(Lanes256 a, Lanes256 b) => new(a._low + b._low, a._high + b._high);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator -(Lanes256 a, Lanes256 b) => new(a._low - b._low, a._high - b._high);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator -(Lanes256 a) => new(-a._low, -a._high);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator *(Lanes256 a, Lanes256 b) => new(a._low * b._low, a._high * b._high);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes256 operator /(Lanes256 a, Lanes256 b) => new(a._low / b._low, a._high / b._high);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector256<float> Pick(Lanes256 x, [System.Diagnostics.CodeAnalysis.ConstantExpected] byte control) =>
        Avx2.Permute4x64(Avx.Shuffle(x._low, x._high, control).AsDouble(), 0xD8).AsSingle();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Lanes256 Weave(Vector256<float> even, Vector256<float> odd)
    {
        Vector256<float> low = Avx.UnpackLow(even, odd);
        Vector256<float> high = Avx.UnpackHigh(even, odd);
        return new(Avx.Permute2x128(low, high, 0x20), Avx.Permute2x128(low, high, 0x31));
    }
}
