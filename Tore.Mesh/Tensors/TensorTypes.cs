namespace Tore.Mesh.Tensors;

/// <summary>Block geometry of the stored types: a row is a whole number of blocks.</summary>
public static class TensorTypes
{
    /// <summary>Whether the engine reads this type.</summary>
    public static bool IsKnown(TensorType type) => BlockBytes(type) != 0;

    /// <summary>Elements in one block (1 for the float types, 32, or 256 for the K types); 0 for an unknown type.</summary>
    public static int BlockElements(TensorType type) => type switch
    {
        TensorType.F32 or TensorType.F16 or TensorType.BF16 => 1,
        TensorType.Q4_0 or TensorType.Q4_1 or TensorType.Q5_0 or TensorType.Q5_1 or TensorType.Q8_0 => 32,
        TensorType.Q4_K or TensorType.Q5_K or TensorType.Q6_K => 256,
        _ => 0,
    };

    /// <summary>Bytes of one block as stored; 0 for an unknown type.</summary>
    public static int BlockBytes(TensorType type) => type switch
    {
        TensorType.F32 => 4,
        TensorType.F16 or TensorType.BF16 => 2,
        TensorType.Q4_0 => 18,
        TensorType.Q4_1 => 20,
        TensorType.Q5_0 => 22,
        TensorType.Q5_1 => 24,
        TensorType.Q8_0 => 34,
        TensorType.Q4_K => 144,
        TensorType.Q5_K => 176,
        TensorType.Q6_K => 210,
        _ => 0,
    };

    /// <summary>Bytes of one stored row of <paramref name="columns"/> elements, a multiple of the block.</summary>
    public static long RowBytes(TensorType type, long columns) => columns / BlockElements(type) * BlockBytes(type);
}
