using System.Security.Cryptography;

namespace Tore.Mesh.Primitives;

/// <summary>
/// A node's self-certifying id: a UUID version 8 (RFC 9562) from SHA-256 over its public key
/// (SubjectPublicKeyInfo, uncompressed point, named curve). Whoever shows the key shows the id.
/// </summary>
public readonly record struct NodeId(Guid Value) : IComparable<NodeId>
{
    /// <summary>Derives the id from a DER SubjectPublicKeyInfo.</summary>
    public static NodeId FromPublicKey(ReadOnlySpan<byte> subjectPublicKeyInfo)
    {
        Span<byte> hash = stackalloc byte[32];
        SHA256.HashData(subjectPublicKeyInfo, hash);
        hash[6] = (byte)((hash[6] & 0x0f) | 0x80);
        hash[8] = (byte)((hash[8] & 0x3f) | 0x80);
        return new NodeId(new Guid(hash[..16], bigEndian: true));
    }

    /// <summary>Reads the 36-character form; false when it is not one.</summary>
    public static bool TryParse(string? text, out NodeId id)
    {
        bool parsed = Guid.TryParseExact(text, "D", out Guid value);
        id = new NodeId(value);
        return parsed;
    }

    /// <summary>The first eight hex digits, for people.</summary>
    public string Short => Value.ToString("N")[..8];

    /// <summary>Orders by the big-endian bytes, the same on every platform.</summary>
    public int CompareTo(NodeId other)
    {
        Span<byte> mine = stackalloc byte[16], theirs = stackalloc byte[16];
        Value.TryWriteBytes(mine, bigEndian: true, out _);
        other.Value.TryWriteBytes(theirs, bigEndian: true, out _);
        return mine.SequenceCompareTo(theirs);
    }

    /// <inheritdoc/>
    public override string ToString() => Value.ToString("D");

    public static bool operator <(NodeId left, NodeId right) => left.CompareTo(right) < 0;
    public static bool operator >(NodeId left, NodeId right) => left.CompareTo(right) > 0;
    public static bool operator <=(NodeId left, NodeId right) => left.CompareTo(right) <= 0;
    public static bool operator >=(NodeId left, NodeId right) => left.CompareTo(right) >= 0;
}
