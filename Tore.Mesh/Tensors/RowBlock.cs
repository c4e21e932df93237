namespace Tore.Mesh.Tensors;

/// <summary>One block of one row, unpacked to plain integers: what the scalar kernels and row reads work on.</summary>
internal unsafe struct RowBlock
{
    /// <summary>d, widened.</summary>
    public float Scale;

    /// <summary>m or dmin, widened; 0 where the type has none.</summary>
    public float Minimum;

    /// <summary>The quantized weights, offset removed: 32 of them, or 256 for the K types.</summary>
    public fixed sbyte Weights[256];

    /// <summary>Sub-block scales of the K types: 8 for Q4_K and Q5_K (32 weights each), 16 for Q6_K (16 each).</summary>
    public fixed int SubScales[16];

    /// <summary>Sub-block minima of Q4_K and Q5_K.</summary>
    public fixed int SubMinima[8];

    private const int Rows = PackedMatrix.GroupRows;

    /// <summary>Unpacks block <paramref name="block"/> of row <paramref name="lane"/> of a group.</summary>
    public void Load(TensorType type, PackedGroup group, int lane, long block)
    {
        PackedLayout layout = PackedLayout.Of(type);
        ushort* scales = (ushort*)(group.Scales + (block * layout.Scales)) + lane;
        Scale = HalfBits.Widen(scales[0]);
        Minimum = layout.Scales > Rows * sizeof(ushort) ? HalfBits.Widen(scales[Rows]) : 0;
        uint* quants = (uint*)(group.Quants + (block * layout.Quants)) + lane;
        uint* high = (uint*)(group.High + (block * layout.High)) + lane;
        uint* subScales = (uint*)(group.SubScales + (block * layout.SubScales)) + lane;
        switch (type)
        {
            case TensorType.Q4_0:
                LoadNibbles(quants, 0, 8);
                break;
            case TensorType.Q4_1:
                LoadNibbles(quants, 0, 0);
                break;
            case TensorType.Q5_0:
                LoadNibbles(quants, *high, 16);
                break;
            case TensorType.Q5_1:
                LoadNibbles(quants, *high, 0);
                break;
            case TensorType.Q8_0:
                LoadBytes(quants);
                break;
            case TensorType.Q4_K:
                LoadK45(quants, null);
                LoadSixBits(subScales);
                break;
            case TensorType.Q5_K:
                LoadK45(quants, high);
                LoadSixBits(subScales);
                break;
            case TensorType.Q6_K:
                LoadK6(quants, high, subScales);
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(type), type, "a float type has no blocks");
        }
    }

    private void LoadNibbles(uint* quants, uint high, int offset)
    {
        for (int i = 0; i < 32; i++)
        {
            int element = i % 16;
            uint nibble = (quants[element / 4 * Rows] >> ((8 * (element % 4)) + (i < 16 ? 0 : 4))) & 15;
            uint fifth = (high >> ((8 * (i % 4)) + (i / 4))) & 1;
            Weights[i] = (sbyte)((int)(nibble | (fifth << 4)) - offset);
        }
    }

    private void LoadBytes(uint* quants)
    {
        for (int i = 0; i < 32; i++)
        {
            Weights[i] = (sbyte)((int)((quants[i / 4 * Rows] >> (8 * (i % 4))) & 255) - 128);
        }
    }

    // 64 weights from 32 bytes at a time: low nibbles, then high nibbles; bit s of the fifth bits' byte i is weight i of sub-block s.
    private void LoadK45(uint* quants, uint* high)
    {
        for (int i = 0; i < 256; i++)
        {
            int sub = i / 32;
            int within = i % 32;
            int shift = 8 * (within % 4);
            uint nibble = (quants[((sub / 2 * 8) + (within / 4)) * Rows] >> (shift + (sub % 2 == 0 ? 0 : 4))) & 15;
            uint fifth = high == null ? 0 : (high[within / 4 * Rows] >> (shift + sub)) & 1;
            Weights[i] = (sbyte)(nibble | (fifth << 4));
        }
    }

    // 12 bytes hold 8 scales and 8 minima of 6 bits; as three words: scales 0..3, minima 0..3, low nibbles of 4..7; the top bit pairs are
    // the rest.
    private void LoadSixBits(uint* words)
    {
        uint scales = words[0];
        uint minima = words[Rows];
        uint rest = words[2 * Rows];
        for (int i = 0; i < 4; i++)
        {
            int shift = 8 * i;
            SubScales[i] = (int)(scales >> shift) & 63;
            SubMinima[i] = (int)(minima >> shift) & 63;
            SubScales[i + 4] = ((int)(rest >> shift) & 15) | (((int)(scales >> shift) >> 2) & 48);
            SubMinima[i + 4] = ((int)(rest >> (shift + 4)) & 15) | (((int)(minima >> shift) >> 2) & 48);
        }
    }

    // Each half of 128 weights: 64 bytes of nibbles (low: weights 0..63, high: 64..127), 32 bytes whose bit pairs are the top of 4 x 32
    // weights.
    private void LoadK6(uint* quants, uint* high, uint* subScales)
    {
        for (int i = 0; i < 256; i++)
        {
            int half = i / 128;
            int within = i % 128;
            int word = (half * 16) + (within % 64 / 4);
            int shift = 8 * (i % 4);
            uint nibble = (quants[word * Rows] >> (shift + (within < 64 ? 0 : 4))) & 15;
            uint pair = (high[((half * 8) + (within % 32 / 4)) * Rows] >> (shift + (within / 32 * 2))) & 3;
            Weights[i] = (sbyte)((int)(nibble | (pair << 4)) - 32);
        }
        for (int i = 0; i < 16; i++)
        {
            SubScales[i] = (sbyte)(subScales[i / 4 * Rows] >> (8 * (i % 4)));
        }
    }
}
