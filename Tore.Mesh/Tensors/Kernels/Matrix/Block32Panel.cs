using System.Runtime.CompilerServices;

namespace Tore.Mesh.Tensors.Kernels.Matrix;

/// <summary>The types with blocks of 32: pieces of 4 weights by 16 rows, then f32 scales (and minima) by 16 rows.</summary>
internal readonly unsafe struct Block32Panel<V, TLanes, TDot, TType> : IPanel
    where V : struct
    where TLanes : ILanes<V>
    where TDot : IDot<V>
    where TType : IBlock32Type
{
    public static int FewTokens => 8;

    public static int LongRun => 16;

    public static int ActivationBytes => Record32.Bytes;

    public static int WeightBytes => 512;

    public static int ScaleBytes => TType.HasMinimum ? 128 : 64;

    public static bool IsUnpacked => TType.QuantBytes == WeightBytes;

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Unpack(PackedGroup group, int block, int blocks, byte* weights, byte* scales)
    {
        byte* halves = group.Scales + ((long)block * ScaleBytes / 2);
        for (byte* end = scales + (blocks * ScaleBytes); scales < end; scales += 4 * TLanes.Rows)
        {
            TLanes.Store(scales, TLanes.LoadHalves(halves));
            halves += 2 * TLanes.Rows;
        }
        if (IsUnpacked)
        {
            return;
        }
        byte* quants = group.Quants + ((long)block * TType.QuantBytes);
        byte* high = group.High + ((long)block * TType.HighBytes);
        for (; blocks > 0; blocks--)
        {
            for (int part = 0; part < 64; part += 4 * TLanes.Rows)
            {
                byte* q = quants + part;
                byte* to = weights + part;
                V bits = TType.HighBytes > 0 ? TLanes.Load(high + part) : TLanes.Zero;
                TLanes.Store(to, TType.Low<V, TLanes>(q, bits, 0));
                TLanes.Store(to + 64, TType.Low<V, TLanes>(q, bits, 1));
                TLanes.Store(to + 128, TType.Low<V, TLanes>(q, bits, 2));
                TLanes.Store(to + 192, TType.Low<V, TLanes>(q, bits, 3));
                TLanes.Store(to + 256, TType.High<V, TLanes>(q, bits, 0));
                TLanes.Store(to + 320, TType.High<V, TLanes>(q, bits, 1));
                TLanes.Store(to + 384, TType.High<V, TLanes>(q, bits, 2));
                TLanes.Store(to + 448, TType.High<V, TLanes>(q, bits, 3));
            }
            quants += TType.QuantBytes;
            high += TType.HighBytes;
            weights += WeightBytes;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void Run<TShape>(in Tile tile)
        where TShape : ITileShape => Block32Tile<V, TLanes, TDot, TType, TShape>.Run(tile);

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static void RunStream(PackedGroup group, int blocks, byte* x, nint stride, int tokens, float* y, nint yStride) =>
        Block32Stream<V, TLanes, TDot, TType>.Run(group, blocks, x, stride, tokens, y, yStride);
}
