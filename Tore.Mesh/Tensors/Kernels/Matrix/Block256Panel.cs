namespace Tore.Mesh.Tensors.Kernels.Matrix;

/// <summary>
/// The K types. Of a block of a group: 64 pieces of 4 weights by 16 rows; and, as its scales, up to 16 vectors of sub-block scales, up to 8 of
/// int16 pairs (minima, or the scales again for the offset), d and dmin as f32.
/// </summary>
internal readonly unsafe struct Block256Panel<V, TLanes, TDot, TType> : IPanel
    where V : struct
    where TLanes : ILanes<V>
    where TDot : IDot<V>
    where TType : IBlock256Type
{
    /// <summary>Where the int16 pairs begin within the scales.</summary>
    public const int Pairs = 16 * 64;

    /// <summary>Where d begins within the scales; dmin follows.</summary>
    public const int Factors = Pairs + (8 * 64);

    /// <summary>Bytes of a block's scales.</summary>
    public const int BlockScaleBytes = Factors + (2 * 64);

    public static int LongRun => 2;

    public static int ShortRun => 1;

    public static int ActivationBytes => Record256.Bytes;

    public static int WeightBytes => 4096;

    public static int ScaleBytes => BlockScaleBytes;

    public static bool IsUnpacked => false;

    public static void Unpack(PackedGroup group, int block, int blocks, byte* weights, byte* scales)
    {
        PackedLayout layout = PackedLayout.Of(TType.Type);
        for (long i = block; i < block + blocks; i++)
        {
            TType.Unpack<V, TLanes>(group.Quants + (i * layout.Quants), group.High + (i * layout.High), weights);
            NibbleUnpacking.WidenScales<V, TLanes>(group.Scales + (i * layout.Scales), layout.Scales / 2, scales + Factors);
            byte* words = group.SubScales + (i * layout.SubScales);
            if (TType.HasMinimum)
            {
                SuperUnpacking.UnpackSixBits<V, TLanes>(words, TDot.IsNarrow, scales, scales + Pairs);
            }
            else
            {
                SuperUnpacking.UnpackSigned<V, TLanes>(words, TDot.IsNarrow, scales, scales + Pairs);
            }
            weights += WeightBytes;
            scales += ScaleBytes;
        }
    }

    public static void Run<TShape>(in Tile tile)
        where TShape : ITileShape => Block256Tile<V, TLanes, TDot, TType, TShape>.Run(tile);
}
