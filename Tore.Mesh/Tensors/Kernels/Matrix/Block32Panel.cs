namespace Tore.Mesh.Tensors.Kernels.Matrix;

/// <summary>The types with blocks of 32: pieces of 4 weights by 16 rows, then f32 scales (and minima) by 16 rows.</summary>
internal readonly unsafe struct Block32Panel<V, TLanes, TDot, TType> : IPanel
    where V : struct
    where TLanes : ILanes<V>
    where TDot : IDot<V>
    where TType : IBlock32Type
{
    public static int LongRun => 16;

    public static int ShortRun => 2;

    public static int ActivationBytes => Record32.Bytes;

    public static int WeightBytes => 512;

    public static int ScaleBytes => TType.HasMinimum ? 128 : 64;

    public static bool IsUnpacked => TType.IsUnpacked;

    public static void Unpack(PackedGroup group, int block, int blocks, byte* weights, byte* scales)
    {
        PackedLayout layout = PackedLayout.Of(TType.Type);
        NibbleUnpacking.WidenScales<V, TLanes>(group.Scales + ((long)block * layout.Scales), blocks * ScaleBytes / 4, scales);
        if (!TType.IsUnpacked)
        {
            TType.Unpack<V, TLanes>(group.Quants + ((long)block * layout.Quants), group.High + ((long)block * layout.High), blocks, weights);
        }
    }

    public static void Run<TShape>(in Tile tile)
        where TShape : ITileShape => Block32Tile<V, TLanes, TDot, TType, TShape>.Run(tile);
}
