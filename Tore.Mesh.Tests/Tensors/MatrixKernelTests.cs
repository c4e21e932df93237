using Tore.Mesh.Tensors;

namespace Tore.Mesh.Tests.Tensors;

public sealed class MatrixKernelTests
{
    private static readonly int[] TokenCounts = [1, 2, 3, 7, 8, 9, 33];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Run_EverySetTypeAndTokenCount_EqualsTheScalarKernelBitForBit(KernelSet set, TensorType type)
    {
        int seed = 100 + (int)type;
        foreach (int rows in new[] { 1, 16, 45, 60 })
        {
            int columns = TensorTypes.BlockElements(type) == 256 ? 768 : rows == 45 ? 32 * 19 : 160;
            using PackedMatrix matrix = Products.Pack(type, StoredRows.Random(type, rows, columns, seed), rows, columns);
            float[] bias = Activations.Random(1, rows, seed + 1);
            float[] x = Activations.Random(33, columns, seed + 2);
            float[] expected = Products.Run(matrix, x, 33, bias, KernelSet.Portable);
            foreach (int tokens in TokenCounts)
            {
                float[] y = Products.Run(matrix, x, tokens, bias, set);
                for (int i = 0; i < y.Length; i++)
                {
                    Assert.True(
                        BitConverter.SingleToInt32Bits(expected[i]) == BitConverter.SingleToInt32Bits(y[i]),
                        $"{rows} rows, {columns} columns, {tokens} tokens: [{i / rows}, {i % rows}] is {y[i]:R}, not {expected[i]:R}");
                }
            }
        }
    }

    public static TheoryData<KernelSet, TensorType> Cases
    {
        get
        {
            TheoryData<KernelSet, TensorType> cases = [];
            foreach (KernelSet set in (KernelSet[])[.. KernelSets.Available.ToArray().Where(s => s != KernelSet.Portable), KernelSet.Neon])
            {
                foreach (TensorType type in StoredRows.AllTypes)
                {
                    cases.Add(set, type);
                }
            }
            return cases;
        }
    }
}
