using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Tore.Mesh.Membership;

/// <summary>
/// Where a node can be dialled: a host name or an IP address (a link-local one with its scope), and a port.
/// Written <c>host:port</c> or <c>[v6]:port</c>. An address says how to reach a node, never who it is.
/// </summary>
public readonly record struct PeerAddress(string Host, int Port)
{
    /// <summary>Longest text of an address: a DNS name has at most 253 characters.</summary>
    public const int MaxCharacters = 300;

    /// <summary>An IP address with its port.</summary>
    public static PeerAddress From(IPEndPoint endPoint) => new(Unmapped(endPoint.Address).ToString(), endPoint.Port);

    /// <summary>Whether it is certainly on this machine.</summary>
    public bool IsLoopback => IPAddress.TryParse(Host, out IPAddress? ip)
        ? IPAddress.IsLoopback(ip)
        : string.Equals(Host, "localhost", StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads <c>host:port</c> or <c>[v6]:port</c>; false when it is neither.</summary>
    public static bool TryParse(string? text, out PeerAddress address)
    {
        address = default;
        if (text is null || text.Length > MaxCharacters)
        {
            return false;
        }
        int colon = text.LastIndexOf(':');
        if (colon < 1 || !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int port)
            || port is < 1 or > 65535)
        {
            return false;
        }
        string host = text[..colon];
        if (host[0] == '[')
        {
            if (host[^1] != ']' || !IPAddress.TryParse(host[1..^1], out IPAddress? v6) || v6.AddressFamily != AddressFamily.InterNetworkV6)
            {
                return false;
            }
            address = new PeerAddress(Unmapped(v6).ToString(), port);
            return true;
        }
        UriHostNameType kind = Uri.CheckHostName(host);
        if (kind is not (UriHostNameType.Dns or UriHostNameType.IPv4))
        {
            return false;
        }
        address = new PeerAddress(host, port);
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => Host.Contains(':', StringComparison.Ordinal)
        ? string.Create(CultureInfo.InvariantCulture, $"[{Host}]:{Port}")
        : string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}");

    private static IPAddress Unmapped(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
