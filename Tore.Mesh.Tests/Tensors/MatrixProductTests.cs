using Tore.Mesh.Tensors;

namespace Tore.Mesh.Tests.Tensors;

public sealed unsafe class MatrixProductTests
{
    [Theory]
    [MemberData(nameof(Types))]
    public void Run_RandomRows_EqualsTheProductOfTheStoredBytes(TensorType type)
    {
        const int rows = 21, tokens = 3;
        int columns = TensorTypes.BlockElements(type) == 256 ? 512 : 96;
        byte[] stored = StoredRows.Random(type, rows, columns, seed: 11);
        float[] x = Activations.Random(tokens, columns, seed: 12);
        float[] bias = Activations.Random(1, rows, seed: 13);
        float[] y = Products.Run(type, stored, rows, columns, x, tokens, bias, KernelSet.Portable);
        int rowBytes = (int)TensorTypes.RowBytes(type, columns);
        for (int token = 0; token < tokens; token++)
        {
            for (int row = 0; row < rows; row++)
            {
                ReadOnlySpan<byte> weights = stored.AsSpan(row * rowBytes, rowBytes);
                float expected = StoredRows.Product(type, weights, x.AsSpan(token * columns, columns)) + bias[row];
                Assert.Equal(BitConverter.SingleToInt32Bits(expected), BitConverter.SingleToInt32Bits(y[(token * rows) + row]));
            }
        }
    }

    public static TheoryData<TensorType> Types => [.. StoredRows.AllTypes];
}
