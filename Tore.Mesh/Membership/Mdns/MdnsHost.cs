namespace Tore.Mesh.Membership.Mdns;

/// <summary>A host that instances run on, with the addresses that were heard.</summary>
internal sealed class MdnsHost(DnsName name)
{
    /// <summary>Its name.</summary>
    public DnsName Name { get; } = name;

    /// <summary>The instances that name it; without any it is forgotten.</summary>
    public List<MdnsInstance> Instances { get; } = [];

    /// <summary>Address records, in the order in which they were heard.</summary>
    public List<MdnsCached> Addresses { get; } = [];

    /// <summary>Until when it is known to have no IPv4 address (RFC 6762 §6.1).</summary>
    public TimeSpan NoV4Until { get; set; }

    /// <summary>Until when it is known to have no IPv6 address.</summary>
    public TimeSpan NoV6Until { get; set; }
}
