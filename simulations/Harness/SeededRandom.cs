using System.Numerics;
using System.Runtime.InteropServices;

namespace Tore.Mesh.Harness;

/// <summary>
/// Chance that follows from a seed and a name, the same on every machine and in every version of .NET (xoshiro256**, Blackman and
/// Vigna 2018; seeded by SplitMix64). Streams of different names do not touch each other: a fault less changes no draw of the network.
/// </summary>
internal sealed class SeededRandom : Random
{
    private ulong _s0, _s1, _s2, _s3;

    /// <summary>Makes a stream of <paramref name="seed"/>; <paramref name="stream"/> and <paramref name="part"/> name it.</summary>
    public SeededRandom(ulong seed, ulong stream = 0, ulong part = 0)
        : base(0)
    {
        ulong state = Mixing.Mix(Mixing.Mix(seed, stream), part);
        _s0 = Next(ref state);
        _s1 = Next(ref state);
        _s2 = Next(ref state);
        _s3 = Next(ref state);
    }

    /// <summary>64 random bits.</summary>
    public ulong NextBits()
    {
        ulong result = BitOperations.RotateLeft(_s1 * 5, 7) * 9;
        ulong shifted = _s1 << 17;
        _s2 ^= _s0;
        _s3 ^= _s1;
        _s1 ^= _s2;
        _s0 ^= _s3;
        _s2 ^= shifted;
        _s3 = BitOperations.RotateLeft(_s3, 45);
        return result;
    }

    /// <summary>True once in so many.</summary>
    public bool Chance(double probability) => probability > 0 && NextDouble() < probability;

    /// <summary>A time from the first to the last.</summary>
    public TimeSpan Between(TimeSpan first, TimeSpan last) => first + TimeSpan.FromTicks((long)((last - first).Ticks * NextDouble()));

    /// <inheritdoc/>
    public override int Next() => (int)Below(int.MaxValue);

    /// <inheritdoc/>
    public override int Next(int maxValue)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(maxValue);
        return maxValue == 0 ? 0 : (int)Below((ulong)maxValue);
    }

    /// <inheritdoc/>
    public override int Next(int minValue, int maxValue) => (int)NextInt64(minValue, maxValue);

    /// <inheritdoc/>
    public override long NextInt64() => (long)Below(long.MaxValue);

    /// <inheritdoc/>
    public override long NextInt64(long maxValue) => NextInt64(0, maxValue);

    /// <inheritdoc/>
    public override long NextInt64(long minValue, long maxValue)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minValue, maxValue);
        ulong range = (ulong)(maxValue - minValue);
        return range == 0 ? minValue : minValue + (long)Below(range);
    }

    /// <inheritdoc/>
    public override double NextDouble() => (NextBits() >> 11) * (1.0 / (1UL << 53));

    /// <inheritdoc/>
    public override float NextSingle() => (NextBits() >> 40) * (1.0f / (1U << 24));

    /// <inheritdoc/>
    public override void NextBytes(byte[] buffer) => NextBytes(buffer.AsSpan());

    /// <inheritdoc/>
    public override void NextBytes(Span<byte> buffer)
    {
        while (buffer.Length >= sizeof(ulong))
        {
            ulong bits = NextBits();
            MemoryMarshal.Write(buffer, in bits);
            buffer = buffer[sizeof(ulong)..];
        }
        ulong rest = NextBits();
        for (int i = 0; i < buffer.Length; i++)
        {
            buffer[i] = (byte)(rest >> (8 * i));
        }
    }

    /// <inheritdoc/>
    protected override double Sample() => NextDouble();

    private ulong Below(ulong range)
    {
        // Lemire's method: multiply, and draw again in the rare case that would favour some values.
        ulong high = Math.BigMul(NextBits(), range, out ulong low);
        if (low < range)
        {
            ulong least = unchecked(0 - range) % range;
            while (low < least)
            {
                high = Math.BigMul(NextBits(), range, out low);
            }
        }
        return high;
    }

    private static ulong Next(ref ulong state)
    {
        state += Mixing.Golden;
        return Mixing.Finish(state);
    }
}
