using System.Text;

namespace Tore.Mesh.Membership.Mdns;

/// <summary>
/// A DNS name as its labels, compared without regard to ASCII case (RFC 1035 §2.3.3); labels are UTF-8 (RFC 6763 §4.1.1).
/// </summary>
internal sealed class DnsName : IEquatable<DnsName>
{
    /// <summary>Bytes of one label (RFC 1035 §2.3.4).</summary>
    public const int MaxLabelBytes = 63;

    /// <summary>Bytes of a whole name with its length bytes (RFC 1035 §2.3.4).</summary>
    public const int MaxBytes = 255;

    private readonly string[] _labels;

    /// <summary>Takes the labels, the host's first.</summary>
    public DnsName(params string[] labels)
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
        _labels = labels;
    }

    private DnsName(List<string> labels) => _labels = [.. labels];

    /// <summary>The labels, the host's first.</summary>
    public IReadOnlyList<string> Labels => _labels;

    /// <summary>Takes labels that a reader has bounded in their stored form; decoding may have lengthened them.</summary>
    internal static DnsName FromWire(List<string> labels) => new(labels);

    /// <summary>Whether this is a name directly below <paramref name="parent"/>, as a service instance is below its type.</summary>
    public bool IsChildOf(DnsName parent) =>
        _labels.Length == parent._labels.Length + 1 && _labels.AsSpan(1).SequenceEqual(parent._labels, StringComparer.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public bool Equals(DnsName? other) =>
        other is not null && _labels.AsSpan().SequenceEqual(other._labels, StringComparer.OrdinalIgnoreCase);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => Equals(obj as DnsName);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        foreach (string label in _labels)
        {
            hash.Add(label, StringComparer.OrdinalIgnoreCase);
        }
        return hash.ToHashCode();
    }

    /// <inheritdoc/>
    public override string ToString() => string.Join('.', _labels) + ".";
}
