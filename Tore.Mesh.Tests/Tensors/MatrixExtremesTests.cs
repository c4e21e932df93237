using System.Buffers.Binary;
using Tore.Mesh.Primitives;
using Tore.Mesh.Tensors;

namespace Tore.Mesh.Tests.Tensors;

/// <summary>Values at the ends of what a type can hold: where a kernel that saturates or overflows would show it.</summary>
public sealed unsafe class MatrixExtremesTests
{
    private const int Rows = 33;
    private const int Tokens = 9;

    [Theory]
    [MemberData(nameof(QuantizedTypes))]
    public void Run_WeightsAndActivationsAtTheirExtremes_EveryGroupSumIsExact(TensorType type)
    {
        foreach (byte fill in new byte[] { 0x00, 0x80, 0x7F, 0xFF })
        {
            foreach (float sign in new[] { 1f, -1f })
            {
                byte[] stored = Filled(type, fill, 0x3C00);
                float[] x = new float[Tokens * 512];
                Array.Fill(x, 127f * sign);
                AssertEverySet(type, stored, 512, x);
            }
        }
    }

    [Theory]
    [MemberData(nameof(QuantizedTypes))]
    public void Run_AlternatingExtremes_EveryGroupSumIsExact(TensorType type)
    {
        byte[] stored = Filled(type, 0x80, 0x3C00);
        for (int i = 0; i < stored.Length; i += 2)
        {
            stored[i] = (byte)(stored[i] == 0x80 ? 0x7F : stored[i]);
        }
        FillHalves(type, stored, 0xBC00);
        float[] x = new float[Tokens * 512];
        for (int i = 0; i < x.Length; i++)
        {
            x[i] = i % 2 == 0 ? 127f : -127f;
        }
        AssertEverySet(type, stored, 512, x);
    }

    [Theory]
    [MemberData(nameof(QuantizedTypes))]
    public void Run_SubnormalAndGreatestScales_AreWidenedExactly(TensorType type)
    {
        foreach (ushort half in new ushort[] { 0x0001, 0x83FF, 0x03FF, 0x0400, 0x7BFF, 0xFBFF, 0x0000, 0x8000 })
        {
            byte[] stored = StoredRows.Random(type, Rows, 512, seed: half);
            FillHalves(type, stored, half);
            AssertEverySet(type, stored, 512, Activations.Random(Tokens, 512, seed: 5));
        }
    }

    [Fact]
    public void Run_EveryHalfAsWeight_IsWidenedExactly()
    {
        const int rows = 4096;
        byte[] stored = new byte[rows * 16 * 2];
        for (int i = 0; i < rows * 16; i++)
        {
            ushort half = (ushort)((i & 0x7C00) == 0x7C00 ? i & 0x83FF : i);
            BinaryPrimitives.WriteUInt16LittleEndian(stored.AsSpan(2 * i), half);
        }
        float[] x = new float[16];
        using PackedMatrix matrix = Products.Pack(TensorType.F16, stored, rows, 16);
        foreach (KernelSet set in KernelSets.Available)
        {
            for (int k = 0; k < 16; k++)
            {
                Array.Clear(x);
                x[k] = 1f;
                float[] y = Products.Run(matrix, x, 1, null, set);
                for (int row = 0; row < rows; row++)
                {
                    Assert.Equal((float)BinaryPrimitives.ReadHalfLittleEndian(stored.AsSpan(2 * ((row * 16) + k))), y[row]);
                }
            }
        }
    }

    [Theory]
    [MemberData(nameof(AllTypes))]
    public void PackRows_InfiniteOrUndefinedScale_IsModelBadValue(TensorType type)
    {
        foreach (ushort bad in new ushort[] { 0x7C00, 0xFC00, 0x7E01 })
        {
            int columns = TensorTypes.BlockElements(type) == 256 ? 512 : 64;
            byte[] stored = StoredRows.Random(type, 2, columns, seed: 3);
            int at = stored.Length - TensorTypes.BlockBytes(type);
            if (type is TensorType.F32 or TensorType.BF16)
            {
                uint wide = bad == 0x7E01 ? 0x7FC10000u : bad == 0x7C00 ? 0x7F800000u : 0xFF800000u;
                BinaryPrimitives.WriteUInt16LittleEndian(stored.AsSpan(stored.Length - 2), (ushort)(wide >> 16));
                Assert.Equal(ErrorCodes.ModelBadValue, Assert.Throws<ToreException>(() => Products.Pack(type, stored, 2, columns)).Code);
                continue;
            }
            foreach (int offset in StoredRows.HalfOffsets(type))
            {
                byte[] damaged = [.. stored];
                BinaryPrimitives.WriteUInt16LittleEndian(damaged.AsSpan(at + offset), bad);
                Assert.Equal(ErrorCodes.ModelBadValue, Assert.Throws<ToreException>(() => Products.Pack(type, damaged, 2, columns)).Code);
            }
        }
    }

    public static TheoryData<TensorType> AllTypes => [.. StoredRows.AllTypes];

    public static TheoryData<TensorType> QuantizedTypes => [.. StoredRows.AllTypes.Where(t => TensorTypes.BlockElements(t) > 1)];

    private static byte[] Filled(TensorType type, byte fill, ushort half)
    {
        byte[] stored = new byte[Rows * TensorTypes.RowBytes(type, 512)];
        Array.Fill(stored, fill);
        FillHalves(type, stored, half);
        return stored;
    }

    private static void FillHalves(TensorType type, byte[] stored, ushort half)
    {
        for (int at = 0; at < stored.Length; at += TensorTypes.BlockBytes(type))
        {
            foreach (int offset in StoredRows.HalfOffsets(type))
            {
                BinaryPrimitives.WriteUInt16LittleEndian(stored.AsSpan(at + offset), half);
            }
        }
    }

    // Against the products of the stored bytes, for every set here and the Arm data flow.
    private static void AssertEverySet(TensorType type, byte[] stored, int columns, float[] x)
    {
        int rowBytes = (int)TensorTypes.RowBytes(type, columns);
        float[] expected = new float[Rows * 2];
        for (int i = 0; i < expected.Length; i++)
        {
            expected[i] = StoredRows.Product(type, stored.AsSpan(i % Rows * rowBytes, rowBytes), x.AsSpan(i / Rows * columns, columns));
        }
        using PackedMatrix matrix = Products.Pack(type, stored, Rows, columns);
        foreach (KernelSet set in (KernelSet[])[.. KernelSets.Available, KernelSet.Neon])
        {
            foreach (int tokens in new[] { 2, Tokens })
            {
                float[] y = Products.Run(matrix, x, tokens, null, set);
                Assert.Equal(Bits(expected), Bits(y.AsSpan(0, expected.Length)));
            }
        }
    }

    private static int[] Bits(ReadOnlySpan<float> values)
    {
        int[] bits = new int[values.Length];
        for (int i = 0; i < bits.Length; i++)
        {
            bits[i] = BitConverter.SingleToInt32Bits(values[i]);
        }
        return bits;
    }
}
