using System.Security.Cryptography;
using Tore.Mesh.Primitives;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Tests.Wire;

/// <summary>Draws a message's fields from a generated number, favouring the values at which encodings change.</summary>
internal sealed class FieldSource(int seed)
{
    private static readonly long[] Edges =
    [
        0, 1, 31, 32, 127, 128, 255, 256, 65535, 65536, int.MaxValue, uint.MaxValue, long.MaxValue,
        -1, -32, -33, -128, -129, -32769, long.MinValue,
    ];

    private static readonly string[] Texts =
        ["", "a", "modèle", "日本語", "\u00a0", "😀", new('x', 31), new('y', 32), new('z', 255), new('é', 128)];

    private readonly Random _random = new(seed);

    public bool Bool() => _random.Next(2) == 1;

    public long Int64() => Bool() ? Edges[_random.Next(Edges.Length)] : _random.NextInt64() >> _random.Next(63);

    public ulong UInt64() => (ulong)Int64();

    public uint UInt32() => (uint)Int64();

    public int Count() => (int)(Int64() & int.MaxValue);

    public int Below(int limit) => _random.Next(limit);

    /// <summary>Any bits, NaN and infinities among them.</summary>
    public float Single() => BitConverter.Int32BitsToSingle(_random.Next(int.MinValue, int.MaxValue));

    public float Finite()
    {
        float value = Single();
        return float.IsFinite(value) ? value : _random.NextSingle();
    }

    public string Text() => Texts[_random.Next(Texts.Length)];

    public Guid Guid()
    {
        byte[] bytes = new byte[16];
        _random.NextBytes(bytes);
        return new Guid(bytes);
    }

    public NodeId Node() => new(Guid());

    public Digest Digest() => new(SHA256.HashData(Guid().ToByteArray()));

    public LayerRange Layers()
    {
        int start = _random.Next(Limits.ModelLayers);
        return new LayerRange(start, _random.Next(start, Limits.ModelLayers));
    }

    public LayerRange? MaybeLayers() => Bool() ? Layers() : null;

    public string? MaybeText() => Bool() ? Text() : null;

    public LinkKind Kind() => Bool() ? LinkKind.Control : LinkKind.Activation;

    public T[] Many<T>(int most, Func<T> draw) => [.. Enumerable.Range(0, _random.Next(most + 1)).Select(_ => draw())];
}
