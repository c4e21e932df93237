using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Tore.Mesh.Tensors.Kernels.Matrix;

/// <summary>
/// Quantization of activations in 128-bit vectors, for x86 and Arm alike; the same bits as <see cref="ScalarLoading"/>. Rounding to the
/// nearest integer, half to even, is the addition of 1.5 * 2^23, whose low bits are then the integer. The clamp of the definition never
/// acts: |x| * (127 / max|x|) is at most 127 times two roundings, which the rounding to an integer takes off.
/// </summary>
internal static unsafe class VectorLoading
{
    private const int RoundingBits = 0x4B400000;

    /// <summary>Quantizes blocks of 32; false on Inf or NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool Load32(float* x, int columns, byte* record)
    {
        bool finite = true;
        for (float* end = x + columns; x < end; x += 32)
        {
            int largest = Largest(x, 32);
            finite &= largest < 0x7F800000;
            float reciprocal = Scale(largest, (float*)(record + Record32.Scale));
            int first = Quantize16(x, reciprocal, record + Record32.Values);
            *(int*)(record + Record32.Sum) = first + Quantize16(x + 16, reciprocal, record + Record32.Values + 16);
            record += Record32.Bytes;
        }
        return finite;
    }

    /// <summary>Quantizes blocks of 256; false on Inf or NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool Load256(float* x, int columns, byte* record)
    {
        bool finite = true;
        for (float* end = x + columns; x < end; x += 256)
        {
            int largest = Largest(x, 256);
            finite &= largest < 0x7F800000;
            float reciprocal = Scale(largest, (float*)(record + Record256.Scale));
            short* sums16 = (short*)(record + Record256.Sums16);
            for (int i = 0; i < 16; i++)
            {
                sums16[i] = (short)Quantize16(x + (16 * i), reciprocal, record + Record256.Values + (16 * i));
            }
            for (int i = 0; i < 8; i++)
            {
                ((short*)(record + Record256.Sums32))[i] = (short)(sums16[2 * i] + sums16[(2 * i) + 1]);
            }
            record += Record256.Bytes;
        }
        return finite;
    }

    /// <summary>Copies floats, a multiple of 4; false on Inf or NaN.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static bool LoadFloat(float* x, int columns, float* row)
    {
        Vector128<int> largest = Vector128<int>.Zero;
        for (float* end = x + columns; x < end; x += 4)
        {
            Vector128<int> bits = Vector128.Load((int*)x);
            bits.Store((int*)row);
            largest = Vector128.Max(largest, bits & Vector128.Create(int.MaxValue));
            row += 4;
        }
        return Largest(largest) < 0x7F800000;
    }

    // The bits of max|x|: as integers they are in the order of the floats, and Inf and NaN come out on top.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Largest(float* x, int count)
    {
        Vector128<int> largest = Vector128<int>.Zero;
        for (int i = 0; i < count; i += 4)
        {
            largest = Vector128.Max(largest, Vector128.Load((int*)(x + i)) & Vector128.Create(int.MaxValue));
        }
        return Largest(largest);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Largest(Vector128<int> v) => Math.Max(Math.Max(v[0], v[1]), Math.Max(v[2], v[3]));

    // d = m / 127 to memory, r = 127 / m returned; both 0 below 2^-100 (and beside an Inf or NaN, whose request ends anyway).
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Scale(int largest, float* scale)
    {
        bool isZero = (uint)largest < ScalarLoading.SmallestBits || largest >= 0x7F800000;
        float m = BitConverter.Int32BitsToSingle(largest);
        *scale = isZero ? 0f : m / 127f;
        return isZero ? 0f : 127f / m;
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static int Quantize16(float* x, float reciprocal, byte* values)
    {
        Vector128<float> r = Vector128.Create(reciprocal);
        Vector128<int> a = Round(x, r), b = Round(x + 4, r), c = Round(x + 8, r), d = Round(x + 12, r);
        Vector128.Narrow(Vector128.Narrow(a, b), Vector128.Narrow(c, d)).Store((sbyte*)values);
        Vector128<int> sum = a + b + (c + d);
        return sum[0] + sum[1] + (sum[2] + sum[3]);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static Vector128<int> Round(float* x, Vector128<float> r) =>
        ((Vector128.Load(x) * r) + Vector128.Create(RoundingBits).AsSingle()).AsInt32() - Vector128.Create(RoundingBits);
}
