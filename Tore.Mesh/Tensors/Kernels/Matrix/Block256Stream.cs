using System.Runtime.CompilerServices;

namespace Tore.Mesh.Tensors.Kernels.Matrix;

/// <summary>
/// Decode with the K types: one group of rows by a few tokens, weights straight from memory and read once. A unit of 32 weights stays in 8
/// registers while the tokens pass. The arithmetic is that of <see cref="Block256Tile{V, TLanes, TDot, TType, TShape}"/>.
/// </summary>
internal static unsafe class Block256Stream<V, TLanes, TDot, TType>
    where V : struct
    where TLanes : ILanes<V>
    where TDot : IDot<V>
    where TType : IBlock256Type
{
    /// <summary>Runs one group of 16 rows; at most <see cref="PanelProduct{V, TLanes, TPanel}.FewTokens"/> tokens.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    [SkipLocalsInit]
    public static void Run(PackedGroup group, int blocks, byte* activations, nint activationStride, int tokens, float* results, nint resultStride)
    {
        byte* scratch = stackalloc byte[Block256Scales.Bytes + (PanelProduct<V, TLanes, Block256Panel<V, TLanes, TDot, TType>>.FewTokens * 64) + 64];
        byte* scales = (byte*)(((nuint)scratch + 63) & ~(nuint)63);
        byte* totals = scales + Block256Scales.Bytes;
        byte* quants = group.Quants;
        byte* high = group.High;
        byte* halves = group.Scales;
        byte* words = group.SubScales;
        for (int block = 0; block < blocks; block++)
        {
            SubScaleUnpacking.UnpackScales<V, TLanes, TType>(halves, words, TDot.IsNarrow, scales);
            for (int part = 0; part < 64; part += 4 * TLanes.Rows)
            {
                for (int token = 0; token < tokens; token++)
                {
                    TLanes.Store(totals + (64 * token), TLanes.Zero);
                }
                for (int quarter = 0; quarter < 4; quarter++)
                {
                    byte* q = quants + (512 * quarter) + part;
                    byte* h = high + TType.HighAt(quarter) + part;
                    int shift = TType.HighShift(quarter);
                    int unit = TType.LowUnit(quarter);
                    Pass(
                        Low(q, h, shift, 0), Low(q, h, shift, 1), Low(q, h, shift, 2), Low(q, h, shift, 3),
                        Low(q, h, shift, 4), Low(q, h, shift, 5), Low(q, h, shift, 6), Low(q, h, shift, 7),
                        scales + part + (unit * SubScaleStep), activations + (32 * unit), activationStride, totals, tokens);
                    unit = TType.HighUnit(quarter);
                    Pass(
                        High(q, h, shift, 0), High(q, h, shift, 1), High(q, h, shift, 2), High(q, h, shift, 3),
                        High(q, h, shift, 4), High(q, h, shift, 5), High(q, h, shift, 6), High(q, h, shift, 7),
                        scales + part + (unit * SubScaleStep), activations + (32 * unit), activationStride, totals, tokens);
                }
                for (int token = 0; token < tokens; token++)
                {
                    Block256Join<V, TLanes, TType>.Run(
                        results + (token * resultStride) + (part / 4), TLanes.Load(totals + (64 * token)), scales + part,
                        activations + (token * activationStride), block == 0);
                }
            }
            quants += 2048;
            high += TType.HighBytes;
            halves += TType.HasMinimum ? 64 : 32;
            words += TType.SubScaleBytes;
            activations += Record256.Bytes;
        }
    }

    private static int SubScaleStep => TType.HasMinimum ? 64 : 128;

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V Low(byte* q, byte* h, int shift, int i)
    {
        V pairs = TLanes.Load(q + (64 * i));
        return TType.Low<V, TLanes>(pairs, TType.HighBytes > 0 ? TLanes.ShiftRight(TLanes.Load(h + (64 * i)), shift) : pairs);
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static V High(byte* q, byte* h, int shift, int i)
    {
        V pairs = TLanes.Load(q + (64 * i));
        return TType.High<V, TLanes>(pairs, TType.HighBytes > 0 ? TLanes.ShiftRight(TLanes.Load(h + (64 * i)), shift) : pairs);
    }

    // One unit by all tokens. Sub-blocks of 16 (Q6_K) have a scale for each half of it.
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Pass(
        V w0, V w1, V w2, V w3, V w4, V w5, V w6, V w7, byte* scales, byte* x, nint stride, byte* totals, int tokens)
    {
        V scale = TLanes.Load(scales);
        V second = TType.HasMinimum ? scale : TLanes.Load(scales + 64);
        int steps = TDot.IsNarrow ? TType.NarrowSteps : TType.HasMinimum ? 8 : 4;
        for (int token = tokens; token > 0; token--)
        {
            V total = TLanes.Load(totals);
            V chain = TDot.Step(TLanes.Zero, w0, TLanes.Broadcast(x + Record256.Values));
            chain = TDot.Step(chain, w1, TLanes.Broadcast(x + Record256.Values + 4));
            if (steps <= 2)
            {
                total = TDot.CloseScaled(total, chain, scale);
                chain = TLanes.Zero;
            }
            chain = TDot.Step(chain, w2, TLanes.Broadcast(x + Record256.Values + 8));
            chain = TDot.Step(chain, w3, TLanes.Broadcast(x + Record256.Values + 12));
            if (steps <= 4)
            {
                total = TDot.CloseScaled(total, chain, scale);
                chain = TLanes.Zero;
            }
            chain = TDot.Step(chain, w4, TLanes.Broadcast(x + Record256.Values + 16));
            chain = TDot.Step(chain, w5, TLanes.Broadcast(x + Record256.Values + 20));
            if (steps <= 2)
            {
                total = TDot.CloseScaled(total, chain, second);
                chain = TLanes.Zero;
            }
            chain = TDot.Step(chain, w6, TLanes.Broadcast(x + Record256.Values + 24));
            chain = TDot.Step(chain, w7, TLanes.Broadcast(x + Record256.Values + 28));
            TLanes.Store(totals, TDot.CloseScaled(total, chain, second));
            totals += 64;
            x += stride;
        }
    }
}
