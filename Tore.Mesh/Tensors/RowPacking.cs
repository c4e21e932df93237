namespace Tore.Mesh.Tensors;

/// <summary>Scatters stored blocks (GGUF's layouts) into a group of 16 rows; see <see cref="PackedLayout"/>.</summary>
internal static unsafe class RowPacking
{
    private const int Rows = PackedMatrix.GroupRows;

    /// <summary>Packs one row of <paramref name="blocks"/> blocks; false when a scale or a float weight is Inf or NaN.</summary>
    public static bool Pack(TensorType type, byte* stored, PackedGroup group, int lane, int blocks) => type switch
    {
        TensorType.F32 => PackFloats((uint*)stored, (uint*)group.Quants + lane, blocks),
        TensorType.F16 => PackHalves((ushort*)stored, (ushort*)group.Quants + lane, blocks, 0x7C00),
        TensorType.BF16 => PackHalves((ushort*)stored, (ushort*)group.Quants + lane, blocks, 0x7F80),
        TensorType.Q4_0 => PackSmall(stored, group, lane, blocks, hasMinimum: false, hasHigh: false),
        TensorType.Q4_1 => PackSmall(stored, group, lane, blocks, hasMinimum: true, hasHigh: false),
        TensorType.Q5_0 => PackSmall(stored, group, lane, blocks, hasMinimum: false, hasHigh: true),
        TensorType.Q5_1 => PackSmall(stored, group, lane, blocks, hasMinimum: true, hasHigh: true),
        TensorType.Q8_0 => PackQ8(stored, group, lane, blocks),
        TensorType.Q4_K => PackK45(stored, group, lane, blocks, hasHigh: false),
        TensorType.Q5_K => PackK45(stored, group, lane, blocks, hasHigh: true),
        TensorType.Q6_K => PackK6(stored, group, lane, blocks),
        _ => throw new ArgumentOutOfRangeException(nameof(type), type, "not a type that the engine reads"),
    };

    /// <summary>The 32 high bits of a stored Q5_0 block in packed order: bit c of byte b belongs to element 4c + b.</summary>
    public static uint SpreadHighBits(uint stored)
    {
        uint packed = 0;
        for (int b = 0; b < 4; b++)
        {
            uint bits = (stored >> b) & 0x11111111;
            bits = (bits | (bits >> 3)) & 0x03030303;
            bits = (bits | (bits >> 6)) & 0x000F000F;
            bits = (bits | (bits >> 12)) & 0xFF;
            packed |= bits << (8 * b);
        }
        return packed;
    }

    private static bool PackFloats(uint* stored, uint* packed, int columns)
    {
        bool finite = true;
        for (int k = 0; k < columns; k++)
        {
            finite &= (stored[k] & 0x7F800000) != 0x7F800000;
            packed[(long)k * Rows] = stored[k];
        }
        return finite;
    }

    private static bool PackHalves(ushort* stored, ushort* packed, int columns, int exponentMask)
    {
        bool finite = true;
        for (int k = 0; k < columns; k++)
        {
            finite &= (stored[k] & exponentMask) != exponentMask;
            packed[(long)k * Rows] = stored[k];
        }
        return finite;
    }

    private static bool PackScales(ref byte* stored, ref byte* scales, int lane, bool hasMinimum)
    {
        ushort scale = *(ushort*)stored;
        ((ushort*)scales)[lane] = scale;
        bool finite = HalfBits.IsFinite(scale);
        stored += sizeof(ushort);
        scales += Rows * sizeof(ushort);
        if (hasMinimum)
        {
            finite &= PackScales(ref stored, ref scales, lane, hasMinimum: false);
        }
        return finite;
    }

    private static void PackWords(ref byte* stored, ref byte* packed, int lane, int words)
    {
        uint* target = (uint*)packed + lane;
        for (int i = 0; i < words; i++)
        {
            target[i * Rows] = ((uint*)stored)[i];
        }
        stored += words * sizeof(uint);
        packed += words * sizeof(uint) * Rows;
    }

    // Stored: d, [m], [32 high bits], 16 bytes of nibbles (low: elements 0..15, high: 16..31).
    private static bool PackSmall(byte* stored, PackedGroup group, int lane, int blocks, bool hasMinimum, bool hasHigh)
    {
        bool finite = true;
        byte* scales = group.Scales;
        byte* quants = group.Quants;
        uint* high = (uint*)group.High + lane;
        for (int block = 0; block < blocks; block++)
        {
            finite &= PackScales(ref stored, ref scales, lane, hasMinimum);
            if (hasHigh)
            {
                *high = SpreadHighBits(*(uint*)stored);
                high += Rows;
                stored += sizeof(uint);
            }
            PackWords(ref stored, ref quants, lane, 4);
        }
        return finite;
    }

    // Stored: d, 32 signed bytes.
    private static bool PackQ8(byte* stored, PackedGroup group, int lane, int blocks)
    {
        bool finite = true;
        byte* scales = group.Scales;
        uint* quants = (uint*)group.Quants + lane;
        for (int block = 0; block < blocks; block++)
        {
            finite &= PackScales(ref stored, ref scales, lane, hasMinimum: false);
            for (int i = 0; i < 8; i++)
            {
                quants[i * Rows] = ((uint*)stored)[i] ^ 0x80808080;
            }
            stored += 32;
            quants += 8 * Rows;
        }
        return finite;
    }

    // Stored: d, dmin, 12 bytes of 6-bit scales and minima, [32 bytes of fifth bits], 128 bytes of nibbles.
    private static bool PackK45(byte* stored, PackedGroup group, int lane, int blocks, bool hasHigh)
    {
        bool finite = true;
        byte* scales = group.Scales;
        byte* subScales = group.SubScales;
        byte* high = group.High;
        byte* quants = group.Quants;
        for (int block = 0; block < blocks; block++)
        {
            finite &= PackScales(ref stored, ref scales, lane, hasMinimum: true);
            PackWords(ref stored, ref subScales, lane, 3);
            if (hasHigh)
            {
                PackWords(ref stored, ref high, lane, 8);
            }
            PackWords(ref stored, ref quants, lane, 32);
        }
        return finite;
    }

    // Stored: 128 bytes of low nibbles, 64 bytes of bit pairs, 16 signed sub-block scales, d.
    private static bool PackK6(byte* stored, PackedGroup group, int lane, int blocks)
    {
        bool finite = true;
        byte* scales = group.Scales;
        byte* subScales = group.SubScales;
        byte* high = group.High;
        byte* quants = group.Quants;
        for (int block = 0; block < blocks; block++)
        {
            PackWords(ref stored, ref quants, lane, 32);
            PackWords(ref stored, ref high, lane, 16);
            PackWords(ref stored, ref subScales, lane, 4);
            finite &= PackScales(ref stored, ref scales, lane, hasMinimum: false);
        }
        return finite;
    }
}
