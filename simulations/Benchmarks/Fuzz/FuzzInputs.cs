using System.Buffers.Binary;
using FsCheck;
using FsCheck.Fluent;

namespace Tore.Mesh.Benchmarks.Fuzz;

/// <summary>
/// Makes inputs: corpus entries changed in a few places, FsCheck's arbitrary MessagePack values, and plain noise. The same seed makes
/// the same inputs.
/// </summary>
internal sealed class FuzzInputs(int seed)
{
    private const int TreesAtOnce = 64;
    private static readonly byte[] Interesting =
    [
        0x00, 0x01, 0x7f, 0x80, 0x90, 0x9f, 0xa0, 0xbf, 0xc0, 0xc1, 0xc4, 0xc6, 0xc7, 0xca, 0xcb, 0xcf, 0xd3, 0xd9, 0xdb, 0xdc, 0xdd, 0xde,
        0xff,
    ];

    private static readonly ulong[] Extremes =
        [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fff_ffff, 0xffff_ffff, long.MaxValue, ulong.MaxValue];
    private static readonly Gen<byte[]> Trees = Tree(4);
    private readonly Random _random = new(seed);
    private readonly Queue<byte[]> _trees = new();
    private ulong _treeSeed = (ulong)seed;

    /// <summary>The next input for a target.</summary>
    public byte[] Next(IReadOnlyList<byte[]> corpus) => _random.Next(20) switch
    {
        0 => Noise(),
        1 or 2 => NextTree(),
        3 => [.. Pick(corpus)],
        _ => Mutated(corpus),
    };

    private static Gen<byte[]> Tree(int depth)
    {
        Gen<byte[]> scalar = Gen.OneOf(
            Gen.Choose(0, 0x7f).Select(b => new[] { (byte)b }),
            Gen.Choose(0xe0, 0xff).Select(b => new[] { (byte)b }),
            Gen.Elements<byte[]>([0xc0], [0xc2], [0xc3]),
            Gen.Choose(0, int.MaxValue).Select(v => Number(0xce, v)),
            Gen.Choose(0, int.MaxValue).Select(v => (byte[])[0xcf, .. new byte[4], .. Number(0, v)[1..]]),
            Gen.Choose(0, 40).Select(n => (byte[])[0xd9, (byte)n, .. Enumerable.Repeat((byte)'a', n)]),
            Gen.Choose(0, 64).Select(n => (byte[])[0xc4, (byte)n, .. new byte[n]]));
        if (depth == 0)
        {
            return scalar;
        }
        Gen<byte[]> items = Gen.ListOf(Tree(depth - 1)).Select(list => (byte[])[0xdc, 0, (byte)list.Count, .. list.SelectMany(b => b)]);
        return Gen.OneOf(scalar, items);
    }

    private static byte[] Number(byte head, int value)
    {
        byte[] bytes = [head, 0, 0, 0, 0];
        BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(1), value);
        return bytes;
    }

    private byte[] NextTree()
    {
        if (_trees.Count == 0)
        {
            _treeSeed += 2;
            foreach (byte[] tree in Trees.Sample(12, new Rnd(_treeSeed, _treeSeed | 1), TreesAtOnce))
            {
                _trees.Enqueue(tree);
            }
        }
        return _trees.Dequeue();
    }

    private byte[] Noise()
    {
        byte[] bytes = new byte[_random.Next(512)];
        _random.NextBytes(bytes);
        return bytes;
    }

    private byte[] Pick(IReadOnlyList<byte[]> corpus) => corpus[_random.Next(corpus.Count)];

    private byte[] Mutated(IReadOnlyList<byte[]> corpus)
    {
        List<byte> bytes = [.. Pick(corpus)];
        for (int changes = _random.Next(1, 6); changes > 0; changes--)
        {
            Change(bytes, corpus);
        }
        return [.. bytes];
    }

    private void Change(List<byte> bytes, IReadOnlyList<byte[]> corpus)
    {
        int at = _random.Next(bytes.Count + 1);
        bool inside = at < bytes.Count;
        switch (_random.Next(9))
        {
            case 0 when inside:
                bytes[at] ^= (byte)(1 << _random.Next(8));
                break;
            case 1 when inside:
                bytes[at] = Interesting[_random.Next(Interesting.Length)];
                break;
            case 2 when inside:
                bytes[at] = (byte)_random.Next(256);
                break;
            case 3:
                bytes.RemoveRange(at, bytes.Count - at);
                break;
            case 4 when inside:
                bytes.RemoveRange(at, Math.Min(_random.Next(1, 9), bytes.Count - at));
                break;
            case 5:
                bytes.InsertRange(at, Enumerable.Repeat(Interesting[_random.Next(Interesting.Length)], _random.Next(1, 9)));
                break;
            case 6:
                byte[] other = Pick(corpus);
                bytes.InsertRange(at, other[_random.Next(other.Length + 1)..]);
                break;
            case 7:
                Overwrite(bytes, at);
                break;
            default:
                bytes.AddRange(new byte[_random.Next(64)]);
                break;
        }
    }

    /// <summary>Puts a boundary value over 2, 4 or 8 bytes: counts, lengths, times.</summary>
    private void Overwrite(List<byte> bytes, int at)
    {
        Span<byte> value = stackalloc byte[8];
        BinaryPrimitives.WriteUInt64BigEndian(value, Extremes[_random.Next(Extremes.Length)]);
        int width = 2 << _random.Next(3);
        for (int i = 0; i < width && at + i < bytes.Count; i++)
        {
            bytes[at + i] = value[8 - width + i];
        }
    }
}
