using System.Runtime.CompilerServices;

namespace Tore.Mesh.Tensors.Kernels.Matrix;

/// <summary>The float types: one f32 of each of 16 rows a column.</summary>
internal readonly unsafe struct FloatPanel<V, TLanes, TType> : IPanel
    where V : struct
    where TLanes : ILanes<V>
    where TType : IFloatType
{
    public static int LongRun => 128;

    public static int ShortRun => 32;

    public static int ActivationBytes => 4;

    public static int WeightBytes => 64;

    public static int ScaleBytes => 0;

    public static bool IsUnpacked => TType.ElementBytes == 4;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Unpack(PackedGroup group, int block, int blocks, byte* weights, byte* scales)
    {
        if (IsUnpacked)
        {
            return;
        }
        byte* from = group.Quants + ((long)block * PackedMatrix.GroupRows * TType.ElementBytes);
        byte* end = weights + ((long)blocks * WeightBytes);
        for (; weights < end; weights += 4 * TLanes.Rows)
        {
            TLanes.Store(weights, TType.Load<V, TLanes>(from));
            from += TLanes.Rows * TType.ElementBytes;
        }
    }

    public static void Run<TShape>(in Tile tile)
        where TShape : ITileShape => FloatTile<V, TLanes, TShape>.Run(tile);
}
