using System.Net;

namespace Tore.Mesh.Membership.Mdns;

/// <summary>What a record says, by type.</summary>
internal abstract record DnsData
{
    /// <summary>The record's type.</summary>
    public abstract DnsType Type { get; }

    /// <summary>Another name: from a service type to an instance (RFC 6763 §4.1).</summary>
    public sealed record Pointer(DnsName Target) : DnsData
    {
        public override DnsType Type => DnsType.Ptr;
    }

    /// <summary>Host and port of an instance (RFC 2782); priority and weight are unused here.</summary>
    public sealed record Service(DnsName Host, ushort Port) : DnsData
    {
        public override DnsType Type => DnsType.Srv;
    }

    /// <summary>Strings <c>key=value</c> (RFC 6763 §6).</summary>
    public sealed record Text(IReadOnlyList<string> Strings) : DnsData
    {
        public override DnsType Type => DnsType.Txt;
    }

    /// <summary>An IPv4 or IPv6 address.</summary>
    public sealed record Address(IPAddress Value) : DnsData
    {
        public override DnsType Type =>
            Value.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? DnsType.Aaaa : DnsType.A;
    }
}
