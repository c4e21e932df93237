namespace Tore.Mesh.Membership.Mdns;

/// <summary>Record types that service discovery uses (RFC 1035 §3.2.2, RFC 2782, RFC 3596, RFC 4034 §4).</summary>
internal enum DnsType : ushort
{
    A = 1,
    Ptr = 12,
    Txt = 16,
    Aaaa = 28,
    Srv = 33,
    Nsec = 47,
    Any = 255,
}
