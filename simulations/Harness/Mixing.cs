using System.Buffers.Binary;

namespace Tore.Mesh.Harness;

/// <summary>Fast hashing for seeds, traces and the simulator's signatures. Not cryptography.</summary>
internal static class Mixing
{
    /// <summary>2^64 over the golden ratio, odd.</summary>
    public const ulong Golden = 0x9e3779b97f4a7c15;

    private const ulong Second = 0xa0761d6478bd642f;

    /// <summary>Folds <paramref name="value"/> into <paramref name="hash"/>.</summary>
    public static ulong Mix(ulong hash, ulong value)
    {
        ulong high = Math.BigMul(hash ^ Golden, value ^ Second, out ulong low);
        return high ^ low ^ (hash << 1) ^ value;
    }

    /// <summary>Folds bytes into <paramref name="hash"/>, their number included.</summary>
    public static ulong Mix(ulong hash, ReadOnlySpan<byte> bytes)
    {
        hash = Mix(hash, (ulong)bytes.Length);
        while (bytes.Length >= sizeof(ulong))
        {
            hash = Mix(hash, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[sizeof(ulong)..];
        }
        if (bytes.Length > 0)
        {
            ulong rest = 0;
            for (int i = 0; i < bytes.Length; i++)
            {
                rest |= (ulong)bytes[i] << (8 * i);
            }
            hash = Mix(hash, rest);
        }
        return hash;
    }

    /// <summary>SplitMix64's last step: every bit of the input moves every bit of the output.</summary>
    public static ulong Finish(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xbf58476d1ce4e5b9;
        value = (value ^ (value >> 27)) * 0x94d049bb133111eb;
        return value ^ (value >> 31);
    }
}
