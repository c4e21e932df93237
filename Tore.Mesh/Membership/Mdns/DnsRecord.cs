namespace Tore.Mesh.Membership.Mdns;

/// <summary>A resource record of class IN.</summary>
/// <param name="Name">Whose record.</param>
/// <param name="IsUnique">The cache-flush bit: this answer replaces older ones (RFC 6762 §10.2).</param>
/// <param name="LifetimeSeconds">TTL; 0 takes the record back (RFC 6762 §10.1).</param>
/// <param name="Data">What it says.</param>
internal sealed record DnsRecord(DnsName Name, bool IsUnique, uint LifetimeSeconds, DnsData Data);
