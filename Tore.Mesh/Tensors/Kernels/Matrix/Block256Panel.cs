using System.Runtime.CompilerServices;

namespace Tore.Mesh.Tensors.Kernels.Matrix;

/// <summary>The K types: of a block of a group 64 pieces of 4 weights by 16 rows, in order, and its <see cref="Block256Scales"/>.</summary>
internal readonly unsafe struct Block256Panel<V, TLanes, TDot, TType> : IPanel
    where V : struct
    where TLanes : ILanes<V>
    where TDot : IDot<V>
    where TType : IBlock256Type
{
    public static int FewTokens => 4;

    public static int LongRun => 2;

    public static int ActivationBytes => Record256.Bytes;

    public static int WeightBytes => 4096;

    public static int ScaleBytes => Block256Scales.Bytes;

    public static bool IsUnpacked => false;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Unpack(PackedGroup group, int block, int blocks, byte* weights, byte* scales)
    {
        for (long i = block; i < block + blocks; i++)
        {
            byte* halves = group.Scales + (i * (TType.HasMinimum ? 64 : 32));
            SubScaleUnpacking.UnpackScales<V, TLanes, TType>(halves, group.SubScales + (i * TType.SubScaleBytes), TDot.IsNarrow, scales);
            byte* quants = group.Quants + (i * 2048);
            for (int quarter = 0; quarter < 4; quarter++)
            {
                byte* high = group.High + (i * TType.HighBytes) + TType.HighAt(quarter);
                byte* low = weights + (512 * TType.LowUnit(quarter));
                byte* upper = weights + (512 * TType.HighUnit(quarter));
                for (int at = 0; at < 512; at += 4 * TLanes.Rows)
                {
                    V pairs = TLanes.Load(quants + at);
                    V bits = TType.HighBytes > 0 ? TLanes.ShiftRight(TLanes.Load(high + at), TType.HighShift(quarter)) : pairs;
                    TLanes.Store(low + at, TType.Low<V, TLanes>(pairs, bits));
                    TLanes.Store(upper + at, TType.High<V, TLanes>(pairs, bits));
                }
                quants += 512;
            }
            weights += WeightBytes;
            scales += ScaleBytes;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Run<TShape>(in Tile tile)
        where TShape : ITileShape
    {
        byte* activations = tile.Activations;
        for (int block = 0; block < tile.Blocks; block++)
        {
            for (int vector = 0; vector < TShape.Vectors; vector++)
            {
                Block256Tile<V, TLanes, TDot, TType, TShape, PanelSource>.Run(
                    tile.Weights + (vector * tile.WeightStep) + (block * WeightBytes), null,
                    tile.Scales + (vector * tile.ScaleStep) + (block * ScaleBytes), activations, tile.ActivationStride,
                    tile.Results + (vector * TLanes.Rows), tile.ResultStride, tile.IsFirst && block == 0);
            }
            activations += Record256.Bytes;
        }
    }

    public static void RunStream(PackedGroup group, int blocks, byte* x, nint stride, int tokens, float* y, nint yStride)
    {
        switch (tokens)
        {
            case 1:
                Block256Stream<V, TLanes, TDot, TType, Shape1X1>.Run(group, blocks, x, stride, y, yStride);
                break;
            case 2:
                Block256Stream<V, TLanes, TDot, TType, Shape1X2>.Run(group, blocks, x, stride, y, yStride);
                break;
            case 3:
                Block256Stream<V, TLanes, TDot, TType, Shape1X3>.Run(group, blocks, x, stride, y, yStride);
                break;
            default:
                Block256Stream<V, TLanes, TDot, TType, Shape1X4>.Run(group, blocks, x, stride, y, yStride);
                break;
        }
    }
}
