using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Tore.Mesh.Membership.Mdns;

/// <summary>One link on which a node speaks mDNS: an address family of an interface (RFC 6762 §20: the families are two links).</summary>
/// <param name="Index">Interface index, as the system reports it with received packets.</param>
/// <param name="Local">An address of that family on the interface; IPv4 multicast leaves by it.</param>
/// <param name="IsLoopback">Whether it is this machine's own interface.</param>
/// <param name="Announced">Addresses, of both families, at which the node can be dialled on this interface.</param>
/// <param name="Subnets">Addresses of this link with the length of their prefixes: what is on the link.</param>
internal sealed record MdnsInterface(
    int Index, IPAddress Local, bool IsLoopback, IReadOnlyList<IPAddress> Announced,
    IReadOnlyList<(IPAddress Address, int PrefixLength)> Subnets)
{
    /// <summary>The interface and the family: what a link is told apart by.</summary>
    public (int Index, AddressFamily Family) Key => (Index, Local.AddressFamily);

    /// <summary>
    /// The links that belong to a listening address: this machine's own, those of one address's interface, or all. An address that is
    /// on no interface at present has none.
    /// </summary>
    public static IReadOnlyList<MdnsInterface> For(IPAddress listened, IReadOnlyList<NetworkFacts> networks)
    {
        if (IPAddress.IsLoopback(listened))
        {
            return [Loopback(listened)];
        }
        bool any = listened.Equals(IPAddress.Any) || listened.Equals(IPAddress.IPv6Any);
        var found = new List<MdnsInterface>();
        if (any)
        {
            // Nodes of one machine find each other without a network, too.
            found.Add(Loopback(IPAddress.Loopback));
        }
        foreach (NetworkFacts network in networks.Where(n => !n.IsLoopback))
        {
            IPAddress[] announced = any
                ? [.. network.Addresses.Select(a => a.Address).Where(a => IsReachable(a, listened))]
                : [.. network.Addresses.Select(a => a.Address).Where(a => IsSame(a, listened, network.Index)).Take(1)];
            foreach (AddressFamily family in (AddressFamily[])[AddressFamily.InterNetwork, AddressFamily.InterNetworkV6])
            {
                // The link-local one first: it stays while others come and go.
                (IPAddress Address, int PrefixLength)[] subnets =
                    [.. network.Addresses.Where(a => a.Address.AddressFamily == family).OrderBy(a => !a.Address.IsIPv6LinkLocal)];
                if (announced.Length > 0 && subnets.Length > 0)
                {
                    found.Add(new MdnsInterface(network.Index, subnets[0].Address, false, announced, subnets));
                }
            }
        }
        return found;
    }

    /// <summary>Whether an address belongs to the link (RFC 6762 §11).</summary>
    public bool IsOnLink(IPAddress address) => Subnets.Any(s => IsWithin(address, s.Address, s.PrefixLength))
        || (address.IsIPv6LinkLocal && Local.AddressFamily == AddressFamily.InterNetworkV6);

    /// <summary>Whether the same is to be done on both.</summary>
    public bool IsSameLinkAs(MdnsInterface other) => Key == other.Key && Local.Equals(other.Local);

    /// <summary>Whether nothing at all is different.</summary>
    public bool IsUnchanged(MdnsInterface other) => IsSameLinkAs(other) && Announced.SequenceEqual(other.Announced)
        && Subnets.SequenceEqual(other.Subnets);

    // IPv4 multicast works on loopback without a route; IPv6 multicast does not (mesh.md, Identity and links).
    private static MdnsInterface Loopback(IPAddress announced) =>
        new(NetworkInterface.LoopbackInterfaceIndex, IPAddress.Loopback, true, [announced], [(IPAddress.Loopback, 8)]);

    /// <summary>An IPv4 wildcard takes IPv4 only; an IPv6 one takes both.</summary>
    private static bool IsReachable(IPAddress address, IPAddress listened) =>
        listened.AddressFamily == AddressFamily.InterNetworkV6 || address.AddressFamily == AddressFamily.InterNetwork;

    private static bool IsSame(IPAddress address, IPAddress listened, int index) =>
        address.GetAddressBytes().AsSpan().SequenceEqual(listened.GetAddressBytes())
        && (!listened.IsIPv6LinkLocal || listened.ScopeId == 0 || listened.ScopeId == index);

    private static bool IsWithin(IPAddress address, IPAddress subnet, int prefixLength)
    {
        byte[] a = address.GetAddressBytes(), b = subnet.GetAddressBytes();
        if (a.Length != b.Length)
        {
            return false;
        }
        int whole = Math.Clamp(prefixLength, 0, 8 * b.Length) / 8, bits = prefixLength % 8;
        return a.AsSpan(0, whole).SequenceEqual(b.AsSpan(0, whole))
            && (whole == b.Length || (a[whole] ^ b[whole]) >> (8 - bits) == 0);
    }
}
