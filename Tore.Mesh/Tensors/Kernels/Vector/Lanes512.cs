using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tore.Mesh.Tensors.Kernels.Vector;

/// <summary>Sixteen lanes in one AVX-512 register.</summary>
internal readonly unsafe struct Lanes512(Vector512<float> value) : ILanes<Lanes512>
{
    private const int ExponentMask = 0x7F80_0000;
    private const int MantissaBits = 23;
    private readonly Vector512<float> _value = value;

    public static bool IsWide => true;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Load(float* source) => new(Vector512.Load(source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 All(float value) => new(Vector512.Create(value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 AllOf(float* source) => new(Vector512.Create(*source));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Fma(Lanes512 a, Lanes512 b, Lanes512 c) => new(Vector512.FusedMultiplyAdd(a._value, b._value, c._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 Max(Lanes512 a, Lanes512 b) => new(Avx512F.Max(a._value, b._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 SelectLess(Lanes512 a, Lanes512 b, Lanes512 whenTrue, Lanes512 whenFalse) =>
        new(Vector512.ConditionalSelect(Vector512.LessThan(a._value, b._value), whenTrue._value, whenFalse._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 SelectNumber(Lanes512 x, Lanes512 whenNumber, Lanes512 whenNaN) =>
        new(Vector512.ConditionalSelect(Vector512.Equals(x._value, x._value), whenNumber._value, whenNaN._value));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 AddExponent(Lanes512 p, Lanes512 t) =>
        new((p._value.AsInt32() + Vector512.ShiftLeft(t._value.AsInt32(), MantissaBits)).AsSingle());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Lanes512 Even, Lanes512 Odd) Unzip(Lanes512 first, Lanes512 second)
    {
        Vector512<int> even = Vector512.Create(0, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30);
        return (new(Avx512F.PermuteVar16x32x2(first._value, even, second._value)),
            new(Avx512F.PermuteVar16x32x2(first._value, even + Vector512<int>.One, second._value)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static (Lanes512 First, Lanes512 Second) Zip(Lanes512 even, Lanes512 odd)
    {
        Vector512<int> low = Vector512.Create(0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23);
        return (new(Avx512F.PermuteVar16x32x2(even._value, low, odd._value)),
            new(Avx512F.PermuteVar16x32x2(even._value, low + Vector512.Create(8), odd._value)));
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Tree(Lanes512 lanes) => Lanes256.Tree8(lanes._value.GetLower() + lanes._value.GetUpper());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<float> Trees(Lanes512 a, Lanes512 b, Lanes512 c, Lanes512 d) =>
        Vector128.Create(Tree(a), Tree(b), Tree(c), Tree(d));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool IsFinite(Lanes512 lanes)
    {
        Vector512<int> mask = Vector512.Create(ExponentMask);
        return !Vector512.EqualsAny(lanes._value.AsInt32() & mask, mask);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public void Store(float* destination) => _value.Store(destination);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 operator +(Lanes512 a, Lanes512 b) => new(a._value + b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 operator -(Lanes512 a, Lanes512 b) => new(a._value - b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 operator -(Lanes512 a) => new(-a._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 operator *(Lanes512 a, Lanes512 b) => new(a._value * b._value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Lanes512 operator /(Lanes512 a, Lanes512 b) => new(a._value / b._value);
}
