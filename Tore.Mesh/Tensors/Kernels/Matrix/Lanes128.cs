using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Tore.Mesh.Tensors.Kernels.Matrix;

/// <summary>
/// 4 rows in a 128-bit register: Arm AdvSimd, in the runtime's portable operations, so that the same code runs on x86 in the tests.
/// </summary>
internal readonly unsafe struct Lanes128 : ILanes<Vector128<int>>
{
    public static int Rows => 4;

    public static Vector128<int> Zero => Vector128<int>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Load(void* from) => Vector128.Load((int*)from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(void* to, Vector128<int> value) => Vector128.Store(value, (int*)to);

    /// <summary>Nothing: Arm's processors of this decade run ahead by themselves.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch(void* line)
    {
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Broadcast(void* from) => Vector128.Create(*(int*)from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Broadcast(uint value) => Vector128.Create((int)value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> And(Vector128<int> a, Vector128<int> b) => a & b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Or(Vector128<int> a, Vector128<int> b) => a | b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Xor(Vector128<int> a, Vector128<int> b) => a ^ b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> ShiftLeft(Vector128<int> a, int count) => a << count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> ShiftRight(Vector128<int> a, int count) => a >>> count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> ShiftRightSigned(Vector128<int> a, int count) => a >> count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Add(Vector128<int> a, Vector128<int> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Subtract(Vector128<int> a, Vector128<int> b) => a - b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> MultiplyAddPairs(Vector128<int> a, Vector128<int> b) =>
        ((a << 16 >> 16) * (b << 16 >> 16)) + ((a >> 16) * (b >> 16));

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> ToFloat(Vector128<int> a) => Vector128.ConvertToSingle(a).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> AddFloat(Vector128<int> a, Vector128<int> b) => (a.AsSingle() + b.AsSingle()).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> Multiply(Vector128<int> a, Vector128<int> b) => (a.AsSingle() * b.AsSingle()).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> FusedMultiplyAdd(Vector128<int> a, Vector128<int> b, Vector128<int> c) =>
        Vector128.FusedMultiplyAdd(a.AsSingle(), b.AsSingle(), c.AsSingle()).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> FusedMultiplyAddNegated(Vector128<int> a, Vector128<int> b, Vector128<int> c) =>
        Vector128.FusedMultiplyAdd(-a.AsSingle(), b.AsSingle(), c.AsSingle()).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> LoadHalves(void* from)
    {
        Vector128<int> bits = Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(ulong*)from).AsInt16());
        Vector128<int> shifted = (bits << 13) & Vector128.Create(unchecked((int)0x8FFFE000));
        Vector128<int> sign = shifted & Vector128.Create(int.MinValue);
        Vector128<int> normal = shifted + Vector128.Create((int)HalfBits.ExponentStep);
        Vector128<int> step = Vector128.Create((int)HalfBits.SubnormalStep);
        Vector128<int> subnormal = ((shifted + step).AsSingle() - (step | sign).AsSingle()).AsInt32();
        Vector128<int> isSubnormal = Vector128.Equals(bits & Vector128.Create(0x7C00), Vector128<int>.Zero);
        return Vector128.ConditionalSelect(isSubnormal, subnormal | sign, normal);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector128<int> LoadBrains(void* from) =>
        Vector128.WidenLower(Vector128.CreateScalarUnsafe(*(ulong*)from).AsUInt16()).AsInt32() << 16;
}
