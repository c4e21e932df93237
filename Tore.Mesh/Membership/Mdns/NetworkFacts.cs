using System.Net;
using System.Net.NetworkInformation;

namespace Tore.Mesh.Membership.Mdns;

/// <summary>What the system says of one interface that is up and can multicast.</summary>
/// <param name="Index">Its number, as the system reports it with received packets.</param>
/// <param name="IsLoopback">Whether it is this machine's own.</param>
/// <param name="Addresses">Its addresses with the length of their subnets' prefixes.</param>
internal sealed record NetworkFacts(int Index, bool IsLoopback, IReadOnlyList<(IPAddress Address, int PrefixLength)> Addresses)
{
    /// <summary>The machine's interfaces now.</summary>
    public static IReadOnlyList<NetworkFacts> Read()
    {
        var facts = new List<NetworkFacts>();
        foreach (NetworkInterface network in NetworkInterface.GetAllNetworkInterfaces())
        {
            bool isLoopback = network.NetworkInterfaceType == NetworkInterfaceType.Loopback;
            // Linux says "unknown" of drivers that report no carrier, loopback among them.
            if (network.OperationalStatus is OperationalStatus.Up or OperationalStatus.Unknown && (network.SupportsMulticast || isLoopback)
                && IndexOf(network) is { } index)
            {
                facts.Add(new NetworkFacts(
                    index, isLoopback, [.. network.GetIPProperties().UnicastAddresses.Select(u => (u.Address, u.PrefixLength))]));
            }
        }
        return facts;
    }

    private static int? IndexOf(NetworkInterface network)
    {
        try
        {
            IPInterfaceProperties properties = network.GetIPProperties();
            return network.Supports(NetworkInterfaceComponent.IPv4)
                ? properties.GetIPv4Properties()?.Index
                : properties.GetIPv6Properties()?.Index;
        }
        catch (NetworkInformationException)
        {
            // It went away while it was looked at.
            return null;
        }
    }
}
