using System.Text;

namespace Tore.Mesh.Membership.Mdns;

/// <summary>
/// A DNS name, kept as its bytes on the wire, uncompressed. Compared without regard to ASCII case and to nothing else
/// (RFC 1035 §2.3.3, RFC 6762 §16); labels are UTF-8, and may hold dots.
/// </summary>
internal sealed class DnsName : IEquatable<DnsName>
{
    /// <summary>Bytes of one label (RFC 1035 §2.3.4).</summary>
    public const int MaxLabelBytes = 63;

    /// <summary>Bytes of a whole name with its length bytes (RFC 1035 §2.3.4).</summary>
    public const int MaxBytes = 255;

    private readonly byte[] _wire;
    private readonly int _hash;

    /// <summary>Takes the labels, the host's first.</summary>
    public DnsName(params ReadOnlySpan<string> labels)
    {
        int bytes = 1;
        foreach (string label in labels)
        {
            int length = Encoding.UTF8.GetByteCount(label);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(length, MaxLabelBytes);
            ArgumentOutOfRangeException.ThrowIfZero(length);
            bytes += length + 1;
        }
        ArgumentOutOfRangeException.ThrowIfGreaterThan(bytes, MaxBytes);
        _wire = new byte[bytes];
        int at = 0;
        foreach (string label in labels)
        {
            int length = Encoding.UTF8.GetBytes(label, _wire.AsSpan(at + 1));
            _wire[at] = (byte)length;
            at += length + 1;
        }
        _hash = HashOf(_wire);
    }

    private DnsName(byte[] wire)
    {
        _wire = wire;
        _hash = HashOf(wire);
    }

    /// <summary>Each label behind its length, and a zero byte.</summary>
    public ReadOnlySpan<byte> Wire => _wire;

    /// <summary>The first label as text; empty for the root.</summary>
    public string FirstLabel => Encoding.UTF8.GetString(_wire, 1, Math.Min(_wire[0], _wire.Length - 1));

    /// <summary>The name without its first label; the root's is the root.</summary>
    public DnsName Parent => _wire[0] == 0 ? this : new DnsName(_wire[(_wire[0] + 1)..]);

    /// <summary>Takes bytes that a reader has checked.</summary>
    internal static DnsName FromWire(ReadOnlySpan<byte> wire) => new(wire.ToArray());

    /// <summary>Whether this is a name directly below <paramref name="parent"/>, as a service instance is below its type.</summary>
    public bool IsChildOf(DnsName parent) =>
        _wire[0] != 0 && _wire.Length == parent._wire.Length + _wire[0] + 1 && AreEqual(_wire.AsSpan(_wire[0] + 1), parent._wire);

    /// <inheritdoc/>
    public bool Equals(DnsName? other) => other is not null && (ReferenceEquals(this, other)
        || (_hash == other._hash && AreEqual(_wire, other._wire)));

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as DnsName);

    /// <inheritdoc/>
    public override int GetHashCode() => _hash;

    /// <inheritdoc/>
    public override string ToString()
    {
        var text = new StringBuilder();
        for (int at = 0; _wire[at] != 0; at += _wire[at] + 1)
        {
            text.Append(Encoding.UTF8.GetString(_wire, at + 1, _wire[at])).Append('.');
        }
        return text.Length == 0 ? "." : text.ToString();
    }

    // Length bytes are below 64 and so never letters: whole names compare byte by byte.
    private static bool AreEqual(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        if (a.Length != b.Length)
        {
            return false;
        }
        for (int i = 0; i < a.Length; i++)
        {
            if (a[i] != b[i] && Lower(a[i]) != Lower(b[i]))
            {
                return false;
            }
        }
        return true;
    }

    // Seeded by the process: names come from strangers, who must not choose what collides.
    private static int HashOf(ReadOnlySpan<byte> wire)
    {
        Span<byte> lower = stackalloc byte[MaxBytes];
        for (int i = 0; i < wire.Length; i++)
        {
            lower[i] = Lower(wire[i]);
        }
        var hash = new HashCode();
        hash.AddBytes(lower[..wire.Length]);
        return hash.ToHashCode();
    }

    private static byte Lower(byte value) => value is >= (byte)'A' and <= (byte)'Z' ? (byte)(value | 0x20) : value;
}
