namespace Tore.Mesh.Membership.Mdns;

/// <summary>A DNS message as mDNS uses it (RFC 6762 §18).</summary>
internal sealed record DnsMessage
{
    /// <summary>A response, else a query.</summary>
    public required bool IsResponse { get; init; }

    /// <summary>0 in mDNS; a unicast asker's own number in its query and the answer to it (RFC 6762 §6.7, §18.1).</summary>
    public ushort Id { get; init; }

    /// <summary>In a query: more known answers follow in further packets (RFC 6762 §7.2).</summary>
    public bool IsTruncated { get; init; }

    /// <summary>An answer to an ordinary DNS client, which cannot read a compressed name in SRV (RFC 6762 §18.14).</summary>
    public bool IsLegacy { get; init; }

    /// <summary>Questions.</summary>
    public IReadOnlyList<DnsQuestion> Questions { get; init; } = [];

    /// <summary>Answers; in a query, those already known (RFC 6762 §7.1).</summary>
    public IReadOnlyList<DnsRecord> Answers { get; init; } = [];

    /// <summary>In a probe, the records about to be used (RFC 6762 §8.2).</summary>
    public IReadOnlyList<DnsRecord> Authorities { get; init; } = [];

    /// <summary>Records that the asker will want next (RFC 6763 §12).</summary>
    public IReadOnlyList<DnsRecord> Additionals { get; init; } = [];
}
