using System.Runtime.CompilerServices;

namespace Tore.Mesh.Tensors;

/// <summary>Widens a packed row to f32, for embeddings.</summary>
internal static unsafe class RowReading
{
    private const int Rows = PackedMatrix.GroupRows;

    /// <summary>Widens row <paramref name="lane"/> of a group.</summary>
    public static void Read(TensorType type, PackedGroup group, int lane, int blocks, float* destination)
    {
        if (TensorTypes.BlockElements(type) == 1)
        {
            for (int k = 0; k < blocks; k++)
            {
                destination[k] = Element(type, group, lane, k);
            }
            return;
        }
        int elements = TensorTypes.BlockElements(type);
        RowBlock unpacked = default;
        for (int block = 0; block < blocks; block++)
        {
            unpacked.Load(type, group, lane, block);
            for (int i = 0; i < elements; i++)
            {
                destination[i] = Weight(type, ref unpacked, i);
            }
            destination += elements;
        }
    }

    /// <summary>Element <paramref name="k"/> of a row of a float type.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static float Element(TensorType type, PackedGroup group, int lane, int k)
    {
        long index = ((long)k * Rows) + lane;
        return type switch
        {
            TensorType.F32 => ((float*)group.Quants)[index],
            TensorType.F16 => HalfBits.Widen(((ushort*)group.Quants)[index]),
            _ => HalfBits.WidenBrain(((ushort*)group.Quants)[index]),
        };
    }

    // Every product here is exact in f32 (at most 24 significant bits); only the addition of a minimum rounds, once.
    private static float Weight(TensorType type, ref RowBlock block, int i) => type switch
    {
        TensorType.Q4_1 or TensorType.Q5_1 => MathF.FusedMultiplyAdd(block.Scale, block.Weights[i], block.Minimum),
        TensorType.Q4_K or TensorType.Q5_K =>
            MathF.FusedMultiplyAdd(block.Scale * block.SubScales[i / 32], block.Weights[i], -(block.Minimum * block.SubMinima[i / 32])),
        TensorType.Q6_K => block.Scale * block.SubScales[i / 16] * block.Weights[i],
        _ => block.Scale * block.Weights[i],
    };
}
