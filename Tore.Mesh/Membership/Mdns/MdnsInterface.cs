using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Tore.Mesh.Membership.Mdns;

/// <summary>One interface and address family on which a node speaks mDNS.</summary>
/// <param name="Index">Interface index, as the system reports it with received packets.</param>
/// <param name="Local">The interface's own address of that family; multicast leaves by it.</param>
/// <param name="Announced">Addresses at which the node can be dialled on this interface.</param>
internal sealed record MdnsInterface(int Index, IPAddress Local, IReadOnlyList<IPAddress> Announced)
{
    /// <summary>The interfaces that belong to a listening address: loopback, one address's, or all.</summary>
    public static IReadOnlyList<MdnsInterface> For(IPAddress listened)
    {
        if (IPAddress.IsLoopback(listened))
        {
            // IPv4 multicast works on loopback without a route; IPv6 multicast does not (mesh.md, Identity and links).
            return [new MdnsInterface(NetworkInterface.LoopbackInterfaceIndex, IPAddress.Loopback, [listened])];
        }
        bool any = listened.Equals(IPAddress.Any) || listened.Equals(IPAddress.IPv6Any);
        var found = new List<MdnsInterface>();
        if (any)
        {
            // Nodes of one machine find each other without a network, too.
            found.Add(new MdnsInterface(NetworkInterface.LoopbackInterfaceIndex, IPAddress.Loopback, [IPAddress.Loopback]));
        }
        foreach (NetworkInterface network in NetworkInterface.GetAllNetworkInterfaces())
        {
            if (network.OperationalStatus != OperationalStatus.Up || !network.SupportsMulticast
                || network.NetworkInterfaceType == NetworkInterfaceType.Loopback)
            {
                continue;
            }
            IPInterfaceProperties properties = network.GetIPProperties();
            IPAddress[] addresses = [.. properties.UnicastAddresses.Select(u => u.Address)];
            if (!any && !addresses.Any(a => SameAddress(a, listened)))
            {
                continue;
            }
            IPAddress[] announced = any ? [.. addresses.Where(a => IsReachable(a, listened))] : [listened];
            if (addresses.FirstOrDefault(a => a.AddressFamily == AddressFamily.InterNetwork) is { } v4)
            {
                found.Add(new MdnsInterface(properties.GetIPv4Properties()!.Index, v4, announced));
            }
            else if (addresses.FirstOrDefault(a => a.AddressFamily == AddressFamily.InterNetworkV6) is { } v6)
            {
                found.Add(new MdnsInterface(properties.GetIPv6Properties()!.Index, v6, announced));
            }
        }
        return found;
    }

    /// <summary>An IPv4 wildcard takes IPv4 only; an IPv6 one takes both.</summary>
    private static bool IsReachable(IPAddress address, IPAddress listened) =>
        listened.AddressFamily == AddressFamily.InterNetworkV6 || address.AddressFamily == AddressFamily.InterNetwork;

    private static bool SameAddress(IPAddress a, IPAddress b) => a.GetAddressBytes().AsSpan().SequenceEqual(b.GetAddressBytes());
}
