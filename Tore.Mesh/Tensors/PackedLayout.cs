namespace Tore.Mesh.Tensors;

/// <summary>
/// Bytes of one block of one group of 16 rows in each of the four planes of a <see cref="PackedMatrix"/>. Together they are exactly 16
/// stored blocks, so packing costs no memory. Each plane is one stream in memory order: group by group, block by block.
/// </summary>
/// <param name="Scales">Half scales (d): 16 of them, rows rising; then 16 minima (m or dmin) where the type has them.</param>
/// <param name="Quants">
/// 64-byte pieces: 16 rows by one 32-bit word each, words in the stored order (Q8_0: four values, their sign bit flipped, so unsigned
/// with offset 128; nibble types: four low nibbles and four high ones). Float types: 16 elements, one of each row.
/// </param>
/// <param name="High">
/// The bits above the nibble, as 32-bit words by 16 rows. Q5_0 and Q5_1: bit c of byte b belongs to element 4c + b. Q5_K, Q6_K: words as
/// stored.
/// </param>
/// <param name="SubScales">Sub-block scales of the K types, as 32-bit words by 16 rows, in the stored order.</param>
internal readonly record struct PackedLayout(int Scales, int Quants, int High, int SubScales)
{
    /// <summary>The layout of <paramref name="type"/>; a block is one element for the float types.</summary>
    public static PackedLayout Of(TensorType type) => type switch
    {
        TensorType.F32 => new(0, 64, 0, 0),
        TensorType.F16 or TensorType.BF16 => new(0, 32, 0, 0),
        TensorType.Q4_0 => new(32, 256, 0, 0),
        TensorType.Q4_1 => new(64, 256, 0, 0),
        TensorType.Q5_0 => new(32, 256, 64, 0),
        TensorType.Q5_1 => new(64, 256, 64, 0),
        TensorType.Q8_0 => new(32, 512, 0, 0),
        TensorType.Q4_K => new(64, 2048, 0, 192),
        TensorType.Q5_K => new(64, 2048, 512, 192),
        TensorType.Q6_K => new(32, 2048, 1024, 256),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "not a type that the engine reads"),
    };
}
