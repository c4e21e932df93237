namespace Tore.Mesh.Membership.Mdns;

/// <summary>A DNS message as mDNS uses it (RFC 6762 §18). Records of types unknown here are left out on reading.</summary>
internal sealed record DnsMessage
{
    /// <summary>A response, else a query.</summary>
    public required bool IsResponse { get; init; }

    /// <summary>Questions.</summary>
    public IReadOnlyList<DnsQuestion> Questions { get; init; } = [];

    /// <summary>Answers; in a query, those already known (RFC 6762 §7.1).</summary>
    public IReadOnlyList<DnsRecord> Answers { get; init; } = [];

    /// <summary>In a probe, the records about to be used (RFC 6762 §8.2).</summary>
    public IReadOnlyList<DnsRecord> Authorities { get; init; } = [];

    /// <summary>Records that the asker will want next (RFC 6763 §12).</summary>
    public IReadOnlyList<DnsRecord> Additionals { get; init; } = [];
}
