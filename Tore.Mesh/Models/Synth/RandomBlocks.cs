using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Tore.Mesh.Tensors;

namespace Tore.Mesh.Models.Synth;

/// <summary>
/// Random weights in stored form, with mean 0 and a given standard deviation. Quantized types are drawn as blocks directly:
/// codes uniform over all their values, scales within a quarter of their mean. Where the codes of a type are not symmetric
/// about 0 the sign of the scale is drawn too, or the minimum set to cancel the mean: a mean of half a step would add up over
/// thousands of columns. The generator is SplitMix64 (Steele, Lea, Flood 2014), read at any index, so that the bytes do not
/// depend on how the work is cut.
/// </summary>
internal static class RandomBlocks
{
    private const ulong Golden = 0x9e3779b97f4a7c15;
    private const int BlockDraws = 32;

    /// <summary>The draw at an index of the sequence of a key.</summary>
    public static ulong Draw(ulong key, ulong index)
    {
        ulong z = key + ((index + 1) * Golden);
        z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
        z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
        return z ^ (z >> 31);
    }

    /// <summary>A number from -1 to 1.</summary>
    public static float Uniform(ulong draw) => (int)(uint)draw * (1f / (1u << 31));

    /// <summary>Fills whole blocks.</summary>
    /// <param name="type">Type of the blocks.</param>
    /// <param name="blocks">Stored bytes to fill.</param>
    /// <param name="firstBlock">Index within its tensor of the first of these blocks.</param>
    /// <param name="key">Key of the tensor.</param>
    /// <param name="deviation">Standard deviation of the weights.</param>
    public static void Fill(TensorType type, Span<byte> blocks, long firstBlock, ulong key, float deviation)
    {
        int blockBytes = TensorTypes.BlockBytes(type);
        if (TensorTypes.BlockElements(type) == 1)
        {
            FillFloats(type, blocks, firstBlock, key, deviation);
            return;
        }
        for (int at = 0; at < blocks.Length; at += blockBytes, firstBlock++)
        {
            Span<byte> block = blocks.Slice(at, blockBytes);
            ulong index = (ulong)firstBlock * BlockDraws;
            FillCodes(block, key, index);
            ulong draw = Draw(key, index + BlockDraws - 1);
            SetScales(type, block, draw, deviation * (1 + (Uniform(draw >> 32) / 4)));
        }
    }

    private static void FillFloats(TensorType type, Span<byte> floats, long first, ulong key, float deviation)
    {
        int bytes = TensorTypes.BlockBytes(type);
        float reach = deviation * 1.7320508f;
        for (int at = 0; at < floats.Length; at += bytes, first++)
        {
            float value = Uniform(Draw(key, (ulong)first)) * reach;
            Span<byte> place = floats[at..];
            switch (type)
            {
                case TensorType.F32:
                    BinaryPrimitives.WriteSingleLittleEndian(place, value);
                    break;
                case TensorType.F16:
                    BinaryPrimitives.WriteHalfLittleEndian(place, (Half)value);
                    break;
                default:
                    BinaryPrimitives.WriteUInt16LittleEndian(place, (ushort)(BitConverter.SingleToUInt32Bits(value) >> 16));
                    break;
            }
        }
    }

    private static void FillCodes(Span<byte> block, ulong key, ulong index)
    {
        Span<ulong> words = MemoryMarshal.Cast<byte, ulong>(block);
        for (int i = 0; i < words.Length; i++)
        {
            words[i] = Draw(key, index++);
        }
        ulong last = Draw(key, index);
        for (int i = words.Length * 8; i < block.Length; i++, last >>= 8)
        {
            block[i] = (byte)last;
        }
    }

    /// <summary>Overwrites the scale fields of a block of random codes. Divisors are the deviations of the codes.</summary>
    private static void SetScales(TensorType type, Span<byte> block, ulong draw, float deviation)
    {
        float signed = (draw & 1) == 0 ? deviation : -deviation;
        switch (type)
        {
            case TensorType.Q4_0:
                SetHalf(block, 0, signed / 4.637f);
                break;
            case TensorType.Q5_0:
                SetHalf(block, 0, signed / 9.247f);
                break;
            case TensorType.Q8_0:
                SetHalf(block, 0, signed / 73.9f);
                break;
            case TensorType.Q4_1:
                SetHalf(block, 0, deviation / 4.61f);
                SetHalf(block, 2, deviation / 4.61f * -7.5f);
                break;
            case TensorType.Q5_1:
                SetHalf(block, 0, deviation / 9.233f);
                SetHalf(block, 2, deviation / 9.233f * -15.5f);
                break;
            case TensorType.Q4_K:
                SetHalf(block, 0, deviation / (4.61f * 48.4f));
                SetHalf(block, 2, deviation / (4.61f * 48.4f) * 7.5f);
                SetSubBlockScales(block.Slice(4, 12));
                break;
            case TensorType.Q5_K:
                SetHalf(block, 0, deviation / (9.233f * 48.4f));
                SetHalf(block, 2, deviation / (9.233f * 48.4f) * 15.5f);
                SetSubBlockScales(block.Slice(4, 12));
                break;
            case TensorType.Q6_K:
                SetHalf(block, 208, deviation / (18.48f * 96.2f));
                foreach (ref byte scale in block.Slice(192, 16))
                {
                    // From +-64 to +-127, the sign as drawn.
                    scale = (byte)((scale & 0x80) != 0 ? -(64 | (scale & 63)) : 64 | (scale & 63));
                }
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(type));
        }
    }

    /// <summary>Makes the eight 6-bit scales of a K block 32 to 63, and its minima equal to them.</summary>
    private static void SetSubBlockScales(Span<byte> packed)
    {
        Span<int> scales = stackalloc int[8];
        for (int j = 0; j < 8; j++)
        {
            scales[j] = 32 | (packed[j] & 31);
        }
        for (int j = 0; j < 4; j++)
        {
            byte low = (byte)(scales[j] | ((scales[j + 4] >> 4) << 6));
            packed[j] = low;
            packed[j + 4] = low;
            packed[j + 8] = (byte)((scales[j + 4] & 15) * 17);
        }
    }

    private static void SetHalf(Span<byte> block, int at, float value) => BinaryPrimitives.WriteHalfLittleEndian(block[at..], (Half)value);
}
