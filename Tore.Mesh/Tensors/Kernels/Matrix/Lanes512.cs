using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.X86;

namespace Tore.Mesh.Tensors.Kernels.Matrix;

/// <summary>16 rows in an AVX-512 register.</summary>
internal readonly unsafe struct Lanes512 : ILanes<Vector512<int>>
{
    public static int Rows => 16;

    public static Vector512<int> Zero => Vector512<int>.Zero;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Load(void* from) => Vector512.Load((int*)from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Store(void* to, Vector512<int> value) => Vector512.Store(value, (int*)to);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Prefetch(void* line) => Sse.Prefetch0(line);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Broadcast(void* from) => Vector512.Create(*(int*)from);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Broadcast(uint value) => Vector512.Create((int)value);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> And(Vector512<int> a, Vector512<int> b) => a & b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Or(Vector512<int> a, Vector512<int> b) => a | b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Xor(Vector512<int> a, Vector512<int> b) => a ^ b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> ShiftLeft(Vector512<int> a, int count) => a << count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> ShiftRight(Vector512<int> a, int count) => a >>> count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> ShiftRightSigned(Vector512<int> a, int count) => a >> count;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Add(Vector512<int> a, Vector512<int> b) => a + b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Subtract(Vector512<int> a, Vector512<int> b) => a - b;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> MultiplyAddPairs(Vector512<int> a, Vector512<int> b) =>
        Avx512BW.MultiplyAddAdjacent(a.AsInt16(), b.AsInt16());

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> ToFloat(Vector512<int> a) => Vector512.ConvertToSingle(a).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> AddFloat(Vector512<int> a, Vector512<int> b) => (a.AsSingle() + b.AsSingle()).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> Multiply(Vector512<int> a, Vector512<int> b) => (a.AsSingle() * b.AsSingle()).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> FusedMultiplyAdd(Vector512<int> a, Vector512<int> b, Vector512<int> c) =>
        Vector512.FusedMultiplyAdd(a.AsSingle(), b.AsSingle(), c.AsSingle()).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> FusedMultiplyAddNegated(Vector512<int> a, Vector512<int> b, Vector512<int> c) =>
        Vector512.FusedMultiplyAdd(-a.AsSingle(), b.AsSingle(), c.AsSingle()).AsInt32();

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> LoadHalves(void* from)
    {
        Vector512<int> bits = Avx512F.ConvertToVector512Int32(Vector256.Load((short*)from));
        Vector512<int> shifted = (bits << 13) & Vector512.Create(unchecked((int)0x8FFFE000));
        Vector512<int> sign = shifted & Vector512.Create(int.MinValue);
        Vector512<int> normal = shifted + Vector512.Create((int)HalfBits.ExponentStep);
        Vector512<int> step = Vector512.Create((int)HalfBits.SubnormalStep);
        Vector512<int> subnormal = ((shifted + step).AsSingle() - (step | sign).AsSingle()).AsInt32();
        Vector512<int> isSubnormal = Vector512.Equals(bits & Vector512.Create(0x7C00), Vector512<int>.Zero);
        return Vector512.ConditionalSelect(isSubnormal, subnormal | sign, normal);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static Vector512<int> LoadBrains(void* from) => Avx512F.ConvertToVector512Int32(Vector256.Load((ushort*)from)) << 16;
}
