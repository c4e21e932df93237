namespace Tore.Mesh.Tensors.Kernels.Matrix;

/// <summary>Quantization of activations as docs/arithmetic.md writes it: the definition and the portable kernel.</summary>
internal static unsafe class ScalarLoading
{
    /// <summary>Below 2^-100 a block is all zeros: its reciprocal would overflow and its values are nothing.</summary>
    public const uint SmallestBits = (127u - 100) << 23;

    /// <summary>Quantizes blocks of 32; false on Inf or NaN.</summary>
    public static bool Load32(float* x, int columns, byte* record)
    {
        bool finite = true;
        for (int k = 0; k < columns; k += 32)
        {
            finite &= Quantize(x + k, 32, (float*)(record + Record32.Scale), (sbyte*)record + Record32.Values);
            *(int*)(record + Record32.Sum) = Sum((sbyte*)record + Record32.Values, 32);
            record += Record32.Bytes;
        }
        return finite;
    }

    /// <summary>Quantizes blocks of 256; false on Inf or NaN.</summary>
    public static bool Load256(float* x, int columns, byte* record)
    {
        bool finite = true;
        for (int k = 0; k < columns; k += 256)
        {
            sbyte* values = (sbyte*)record + Record256.Values;
            finite &= Quantize(x + k, 256, (float*)(record + Record256.Scale), values);
            for (int i = 0; i < 16; i++)
            {
                ((short*)(record + Record256.Sums16))[i] = (short)Sum(values + (16 * i), 16);
            }
            for (int i = 0; i < 8; i++)
            {
                ((short*)(record + Record256.Sums32))[i] = (short)Sum(values + (32 * i), 32);
            }
            record += Record256.Bytes;
        }
        return finite;
    }

    /// <summary>Copies floats; false on Inf or NaN.</summary>
    public static bool LoadFloat(float* x, int columns, float* row)
    {
        bool finite = true;
        for (int k = 0; k < columns; k++)
        {
            finite &= float.IsFinite(x[k]);
            row[k] = x[k];
        }
        return finite;
    }

    // m = max|x|; m < 2^-100: zeros; else d = m / 127, r = 127 / m, q = clamp(round half to even (x * r)).
    private static bool Quantize(float* x, int count, float* scale, sbyte* values)
    {
        uint largest = 0;
        for (int i = 0; i < count; i++)
        {
            largest = Math.Max(largest, BitConverter.SingleToUInt32Bits(x[i]) & 0x7FFFFFFF);
        }
        float m = BitConverter.UInt32BitsToSingle(largest);
        bool finite = float.IsFinite(m);
        if (largest < SmallestBits || !finite)
        {
            *scale = 0;
            new Span<sbyte>(values, count).Clear();
            return finite;
        }
        *scale = m / 127f;
        float reciprocal = 127f / m;
        for (int i = 0; i < count; i++)
        {
            values[i] = (sbyte)Math.Clamp(MathF.Round(x[i] * reciprocal, MidpointRounding.ToEven), -127f, 127f);
        }
        return true;
    }

    private static int Sum(sbyte* values, int count)
    {
        int sum = 0;
        for (int i = 0; i < count; i++)
        {
            sum += values[i];
        }
        return sum;
    }
}
