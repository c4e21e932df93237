using System.Buffers.Binary;
using Tore.Mesh.Tensors;

namespace Tore.Mesh.Tests.Tensors;

public sealed unsafe class PackedMatrixTests
{
    [Theory]
    [MemberData(nameof(Types))]
    public void ReadRow_RandomRows_IsTheExactValueRoundedOnce(TensorType type)
    {
        const int rows = 19;
        int columns = TensorTypes.BlockElements(type) == 256 ? 512 : 64;
        byte[] stored = StoredRows.Random(type, rows, columns, seed: 21);
        using PackedMatrix matrix = Products.Pack(type, stored, rows, columns);
        float[] values = new float[columns];
        int blockBytes = TensorTypes.BlockBytes(type);
        int elements = TensorTypes.BlockElements(type);
        for (int row = 0; row < rows; row++)
        {
            fixed (float* to = values)
            {
                matrix.ReadRow(row, to);
            }
            for (int k = 0; k < columns; k++)
            {
                int at = (row * columns / elements * blockBytes) + (k / elements * blockBytes);
                Assert.Equal(Expected(type, stored.AsSpan(at, blockBytes), k % elements), values[k]);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Types))]
    public void PackedBytes_AnyType_IsTheStoredBytesOfWholeGroups(TensorType type)
    {
        int columns = TensorTypes.BlockElements(type) == 256 ? 512 : 64;
        using PackedMatrix matrix = PackedMatrix.Allocate(type, 40, columns);
        long stored = 48 * TensorTypes.RowBytes(type, columns);
        Assert.Equal(PackedMatrix.PackedBytes(type, 40, columns), matrix.Bytes);
        Assert.InRange(matrix.Bytes, stored, stored + (4 * AlignedBuffer.Alignment));
        Assert.Equal(3, matrix.Groups);
    }

    [Fact]
    public void PackRows_InPieces_EqualsPackingAtOnce()
    {
        byte[] stored = StoredRows.Random(TensorType.Q5_K, 50, 256, seed: 4);
        int rowBytes = (int)TensorTypes.RowBytes(TensorType.Q5_K, 256);
        using PackedMatrix whole = Products.Pack(TensorType.Q5_K, stored, 50, 256);
        using PackedMatrix pieces = PackedMatrix.Allocate(TensorType.Q5_K, 50, 256);
        fixed (byte* first = stored)
        {
            pieces.PackRows(first + (32 * rowBytes), 32, 18);
            pieces.PackRows(first, 0, 32);
        }
        float[] x = Activations.Random(1, 256, seed: 5);
        Assert.Equal(Products.Run(whole, x, 1, null, KernelSet.Portable), Products.Run(pieces, x, 1, null, KernelSet.Portable));
    }

    [Fact]
    public void Allocate_ColumnsThatAreNoWholeNumberOfBlocks_Throws()
    {
        Assert.Throws<ArgumentException>(() => PackedMatrix.Allocate(TensorType.Q4_0, 16, 48));
        Assert.Throws<ArgumentException>(() => PackedMatrix.Allocate(TensorType.Q4_K, 16, 128));
        Assert.Throws<ArgumentException>(() => PackedMatrix.Allocate((TensorType)99, 16, 256));
    }

    [Fact]
    public void ReadRow_HandWorkedQ4Block_HasTheNibblesInOrder()
    {
        byte[] stored = new byte[18];
        BinaryPrimitives.WriteHalfLittleEndian(stored, (Half)0.5);
        stored[2] = 0xF1;
        stored[17] = 0x08;
        using PackedMatrix matrix = Products.Pack(TensorType.Q4_0, stored, 1, 32);
        float* values = stackalloc float[32];
        matrix.ReadRow(0, values);
        Assert.Equal(-3.5f, values[0]);
        Assert.Equal(3.5f, values[16]);
        Assert.Equal(0f, values[15]);
        Assert.Equal(-4f, values[31]);
    }

    public static TheoryData<TensorType> Types => [.. StoredRows.AllTypes];

    // In binary64 all of it is exact, so the cast is the one rounding.
    private static float Expected(TensorType type, ReadOnlySpan<byte> block, int element)
    {
        if (TensorTypes.BlockElements(type) == 1)
        {
            return StoredRows.Float(type, block);
        }
        (int[] weights, int[] scales, int[] minima, float d, float m) = StoredRows.Block(type, block);
        double value = (double)d * scales[element * scales.Length / weights.Length] * weights[element];
        if (minima.Length > 0)
        {
            double minimum = (double)m * minima[element * minima.Length / weights.Length];
            value += weights.Length == 256 ? -minimum : minimum;
        }
        return (float)value;
    }
}
