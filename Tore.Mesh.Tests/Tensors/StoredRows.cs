using System.Buffers.Binary;
using Tore.Mesh.Tensors;

namespace Tore.Mesh.Tests.Tensors;

/// <summary>
/// Rows as a model file stores them, and their products worked out straight from the stored bytes: written apart from the library's
/// packing and kernels, so that both can be wrong only in different ways.
/// </summary>
internal static class StoredRows
{
    public static readonly TensorType[] AllTypes =
    [
        TensorType.F32, TensorType.F16, TensorType.BF16, TensorType.Q8_0, TensorType.Q4_0, TensorType.Q4_1, TensorType.Q5_0,
        TensorType.Q5_1, TensorType.Q4_K, TensorType.Q5_K, TensorType.Q6_K,
    ];

    /// <summary>Random bits everywhere; scales and float weights finite and of mixed size, some zero, some subnormal.</summary>
    public static byte[] Random(TensorType type, int rows, int columns, int seed)
    {
        Random random = new(seed);
        byte[] stored = new byte[rows * TensorTypes.RowBytes(type, columns)];
        random.NextBytes(stored);
        int blockBytes = TensorTypes.BlockBytes(type);
        for (int at = 0; at < stored.Length; at += blockBytes)
        {
            Span<byte> block = stored.AsSpan(at, blockBytes);
            if (type == TensorType.F32)
            {
                BinaryPrimitives.WriteSingleLittleEndian(block, (float)((random.NextDouble() - 0.5) * Math.Pow(2, random.Next(-20, 4))));
            }
            else if (type == TensorType.BF16)
            {
                float value = (float)((random.NextDouble() - 0.5) * Math.Pow(2, random.Next(-20, 4)));
                BinaryPrimitives.WriteUInt16LittleEndian(block, (ushort)(BitConverter.SingleToUInt32Bits(value) >> 16));
            }
            else
            {
                foreach (int offset in HalfOffsets(type))
                {
                    BinaryPrimitives.WriteUInt16LittleEndian(block[offset..], RandomHalf(random));
                }
            }
        }
        return stored;
    }

    /// <summary>Where the halves of a block stand.</summary>
    public static int[] HalfOffsets(TensorType type) => type switch
    {
        TensorType.F16 or TensorType.Q8_0 or TensorType.Q4_0 or TensorType.Q5_0 => [0],
        TensorType.Q4_1 or TensorType.Q5_1 or TensorType.Q4_K or TensorType.Q5_K => [0, 2],
        TensorType.Q6_K => [208],
        _ => [],
    };

    /// <summary>One stored block as plain integers.</summary>
    public static (int[] Weights, int[] Scales, int[] Minima, float D, float M) Block(TensorType type, ReadOnlySpan<byte> b) => type switch
    {
        TensorType.Q4_0 => (Nibbles(b[2..], 0, 8), [1], [], Half(b), 0),
        TensorType.Q4_1 => (Nibbles(b[4..], 0, 0), [1], [1], Half(b), Half(b[2..])),
        TensorType.Q5_0 => (Nibbles(b[6..], BinaryPrimitives.ReadUInt32LittleEndian(b[2..]), 16), [1], [], Half(b), 0),
        TensorType.Q5_1 => (Nibbles(b[8..], BinaryPrimitives.ReadUInt32LittleEndian(b[4..]), 0), [1], [1], Half(b), Half(b[2..])),
        TensorType.Q8_0 => ([.. b[2..].ToArray().Select(q => (int)(sbyte)q)], [1], [], Half(b), 0),
        TensorType.Q4_K => K45(b, b[16..], []),
        TensorType.Q5_K => K45(b, b[48..], b[16..48]),
        TensorType.Q6_K => K6(b),
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    /// <summary>A float weight.</summary>
    public static float Float(TensorType type, ReadOnlySpan<byte> b) => type switch
    {
        TensorType.F32 => BinaryPrimitives.ReadSingleLittleEndian(b),
        TensorType.F16 => Half(b),
        _ => BitConverter.UInt32BitsToSingle((uint)BinaryPrimitives.ReadUInt16LittleEndian(b) << 16),
    };

    /// <summary>One row of weights times one row of activations, by the words of docs/arithmetic.md.</summary>
    public static float Product(TensorType type, ReadOnlySpan<byte> row, ReadOnlySpan<float> x)
    {
        float sum = 0;
        int elements = TensorTypes.BlockElements(type);
        int bytes = TensorTypes.BlockBytes(type);
        for (int block = 0; block < x.Length / elements; block++)
        {
            ReadOnlySpan<byte> stored = row.Slice(block * bytes, bytes);
            if (elements == 1)
            {
                sum = MathF.FusedMultiplyAdd(Float(type, stored), x[block], sum);
                continue;
            }
            (int[] weights, int[] scales, int[] minima, float d, float m) = Block(type, stored);
            (float dx, int[] q) = Quantize(x.Slice(block * elements, elements));
            int s = 0;
            int p = 0;
            for (int i = 0; i < elements; i++)
            {
                s += scales[i * scales.Length / elements] * weights[i] * q[i];
                p += minima.Length == 0 ? 0 : minima[i * minima.Length / elements] * q[i];
            }
            sum = MathF.FusedMultiplyAdd(s, d * dx, sum);
            if (minima.Length > 0)
            {
                sum = MathF.FusedMultiplyAdd(elements == 256 ? -(float)p : p, m * dx, sum);
            }
        }
        return sum;
    }

    /// <summary>A block of activations quantized.</summary>
    public static (float D, int[] Q) Quantize(ReadOnlySpan<float> x)
    {
        float m = 0;
        foreach (float value in x)
        {
            m = Math.Max(m, Math.Abs(value));
        }
        int[] q = new int[x.Length];
        if (m < MathF.ScaleB(1, -100))
        {
            return (0, q);
        }
        float r = 127f / m;
        for (int i = 0; i < q.Length; i++)
        {
            q[i] = (int)Math.Clamp(Math.Round((double)(x[i] * r), MidpointRounding.ToEven), -127, 127);
        }
        return (m / 127f, q);
    }

    private static ushort RandomHalf(Random random) => random.Next(8) switch
    {
        0 => (ushort)(random.Next(0x0400) | (random.Next(2) << 15)),
        1 => (ushort)(random.Next(2) << 15),
        _ => BitConverter.HalfToUInt16Bits((Half)((random.NextDouble() - 0.5) * Math.Pow(2, random.Next(-12, 2)))),
    };

    private static float Half(ReadOnlySpan<byte> b) => (float)BinaryPrimitives.ReadHalfLittleEndian(b);

    private static int[] Nibbles(ReadOnlySpan<byte> q, uint high, int offset)
    {
        int[] weights = new int[32];
        for (int i = 0; i < 16; i++)
        {
            weights[i] = ((q[i] & 15) | (int)(((high >> i) & 1) << 4)) - offset;
            weights[i + 16] = ((q[i] >> 4) | (int)(((high >> (i + 16)) & 1) << 4)) - offset;
        }
        return weights;
    }

    private static (int[] Weights, int[] Scales, int[] Minima, float D, float M) K45(
        ReadOnlySpan<byte> b, ReadOnlySpan<byte> q, ReadOnlySpan<byte> high)
    {
        int[] weights = new int[256];
        int[] scales = new int[8];
        int[] minima = new int[8];
        ReadOnlySpan<byte> packed = b.Slice(4, 12);
        for (int j = 0; j < 8; j++)
        {
            scales[j] = j < 4 ? packed[j] & 63 : (packed[j + 4] & 15) | (packed[j - 4] >> 6 << 4);
            minima[j] = j < 4 ? packed[j + 4] & 63 : (packed[j + 4] >> 4) | (packed[j] >> 6 << 4);
            for (int l = 0; l < 32; l++)
            {
                int nibble = (q[(j / 2 * 32) + l] >> (j % 2 * 4)) & 15;
                weights[(32 * j) + l] = nibble + (high.Length > 0 && (high[l] >> j & 1) != 0 ? 16 : 0);
            }
        }
        return (weights, scales, minima, Half(b), Half(b[2..]));
    }

    private static (int[] Weights, int[] Scales, int[] Minima, float D, float M) K6(ReadOnlySpan<byte> b)
    {
        int[] weights = new int[256];
        for (int n = 0; n < 2; n++)
        {
            ReadOnlySpan<byte> low = b.Slice(64 * n, 64);
            ReadOnlySpan<byte> high = b.Slice(128 + (32 * n), 32);
            for (int l = 0; l < 32; l++)
            {
                weights[(128 * n) + l] = ((low[l] & 15) | ((high[l] & 3) << 4)) - 32;
                weights[(128 * n) + l + 32] = ((low[l + 32] & 15) | (((high[l] >> 2) & 3) << 4)) - 32;
                weights[(128 * n) + l + 64] = ((low[l] >> 4) | (((high[l] >> 4) & 3) << 4)) - 32;
                weights[(128 * n) + l + 96] = ((low[l + 32] >> 4) | (((high[l] >> 6) & 3) << 4)) - 32;
            }
        }
        int[] scales = new int[16];
        for (int i = 0; i < 16; i++)
        {
            scales[i] = (sbyte)b[192 + i];
        }
        return (weights, scales, [], Half(b[208..]), 0);
    }
}
