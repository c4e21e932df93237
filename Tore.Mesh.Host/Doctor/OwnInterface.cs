using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;

namespace Tore.Mesh.Host.Doctor;

/// <summary>An address of this machine.</summary>
/// <param name="Name">Of the network interface, such as <c>eth0</c>.</param>
/// <param name="Address">One of its addresses.</param>
/// <param name="PrefixLength">Leading bits that all addresses of its subnet share.</param>
internal sealed record OwnInterface(string Name, IPAddress Address, int PrefixLength)
{
    /// <summary>Whether an address is on the same subnet, and so is reached without a router.</summary>
    public bool Holds(IPAddress other)
    {
        IPAddress theirs = other.IsIPv4MappedToIPv6 ? other.MapToIPv4() : other;
        if (theirs.AddressFamily != Address.AddressFamily)
        {
            return false;
        }
        byte[] mine = Address.GetAddressBytes(), their = theirs.GetAddressBytes();
        int whole = PrefixLength / 8, rest = PrefixLength % 8;
        return mine.AsSpan(0, whole).SequenceEqual(their.AsSpan(0, whole))
            && (rest == 0 || (mine[whole] >> (8 - rest)) == (their[whole] >> (8 - rest)));
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Address}/{PrefixLength} ({Name})";

    /// <summary>Every address of the interfaces that are up, loopback's included.</summary>
    public static IReadOnlyList<OwnInterface> All()
    {
        try
        {
            return
            [
                .. NetworkInterface.GetAllNetworkInterfaces().Where(n => n.OperationalStatus == OperationalStatus.Up
                        || n.NetworkInterfaceType == NetworkInterfaceType.Loopback)
                    .SelectMany(n => n.GetIPProperties().UnicastAddresses.Where(u => IsIp(u.Address))
                        .Select(u => new OwnInterface(n.Name, u.Address, u.PrefixLength))),
            ];
        }
        catch (NetworkInformationException)
        {
            // A sandbox may hide them.
            return [];
        }
    }

    private static bool IsIp(IPAddress address) => address.AddressFamily is AddressFamily.InterNetwork or AddressFamily.InterNetworkV6;
}
