namespace Tore.Mesh.Membership.Mdns;

/// <summary>A resource record of class IN.</summary>
/// <param name="Name">Whose record.</param>
/// <param name="IsUnique">The cache-flush bit: this answer replaces older ones (RFC 6762 §10.2).</param>
/// <param name="LifetimeSeconds">TTL; 0 takes the record back (RFC 6762 §10.1).</param>
/// <param name="Data">What it says.</param>
internal sealed record DnsRecord(DnsName Name, bool IsUnique, uint LifetimeSeconds, DnsData Data)
{
    /// <summary>The record's type.</summary>
    public DnsType Type => Data.Type;

    /// <summary>Whether both say the same of the same name, whatever their lifetimes.</summary>
    public bool SaysTheSameAs(DnsRecord other) => Name.Equals(other.Name) && Data.Equals(other.Data);
}
