using System.Runtime.CompilerServices;

namespace Tore.Mesh.Tensors.Kernels.Matrix;

/// <summary>The float types: one f32 of each of 16 rows a column.</summary>
internal readonly unsafe struct FloatPanel<V, TLanes, TType> : IPanel
    where V : struct
    where TLanes : ILanes<V>
    where TType : IFloatType
{
    public static int FewTokens => 4;

    public static int LongRun => 128;

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

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run<TShape>(in Tile tile)
        where TShape : ITileShape => FloatTile<V, TLanes, F32Element, TShape, PanelSource>.Run(tile);

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void RunStream(PackedGroup group, int blocks, byte* x, nint stride, int tokens, float* y, nint yStride)
    {
        Tile tile = new() { ActivationStride = stride, ResultStride = yStride, Blocks = blocks, IsFirst = true };
        int vectors = TLanes.Rows == PackedMatrix.GroupRows ? 1 : 2;
        tile.WeightStep = TLanes.Rows * TType.ElementBytes;
        for (int row = 0; row < PackedMatrix.GroupRows; row += vectors * TLanes.Rows)
        {
            tile.Weights = group.Quants + (row * TType.ElementBytes);
            for (int token = 0; token < tokens; token += 4)
            {
                tile.Activations = x + (token * stride);
                tile.Results = y + (token * yStride) + row;
                if (vectors == 1)
                {
                    Stream<Shape1X1, Shape1X2, Shape1X3, Shape1X4>(tile, tokens - token);
                }
                else
                {
                    Stream<Shape2X1, Shape2X2, Shape2X3, Shape2X4>(tile, tokens - token);
                }
            }
        }
    }

    private static void Stream<T1, T2, T3, T4>(in Tile tile, int tokens)
        where T1 : ITileShape
        where T2 : ITileShape
        where T3 : ITileShape
        where T4 : ITileShape
    {
        switch (tokens)
        {
            case 1:
                FloatTile<V, TLanes, TType, T1, PackedSource>.Run(tile);
                break;
            case 2:
                FloatTile<V, TLanes, TType, T2, PackedSource>.Run(tile);
                break;
            case 3:
                FloatTile<V, TLanes, TType, T3, PackedSource>.Run(tile);
                break;
            default:
                FloatTile<V, TLanes, TType, T4, PackedSource>.Run(tile);
                break;
        }
    }
}
