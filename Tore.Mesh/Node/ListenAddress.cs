using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using Tore.Mesh.Membership;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Node;

/// <summary>Where a node listens, and what it tells others to dial.</summary>
internal static class ListenAddress
{
    /// <summary>
    /// Tries the address asked for, or the default port and the next ones. A port that was asked for and is taken is an error.
    /// </summary>
    public static IPEndPoint Listen(IPEndPoint? asked, Func<IPEndPoint, IPEndPoint> listen)
    {
        if (asked is not null)
        {
            return listen(asked);
        }
        for (int i = 0; ; i++)
        {
            try
            {
                return listen(new IPEndPoint(IPAddress.Loopback, MeshNodeOptions.DefaultPort + i));
            }
            catch (ToreException taken) when (taken.Code == ErrorCodes.PortInUse && i + 1 < MeshNodeOptions.PortsTried)
            {
                // The next one.
            }
        }
    }

    /// <summary>Whether all addresses of the machine are listened on.</summary>
    public static bool IsWildcard(IPEndPoint listened) =>
        listened.Address.Equals(IPAddress.Any) || listened.Address.Equals(IPAddress.IPv6Any);

    /// <summary>The addresses to tell others: the one listened on, or for a wildcard those of the machine.</summary>
    public static IReadOnlyList<string> Advertised(IPEndPoint listened)
    {
        bool anyV6 = listened.Address.Equals(IPAddress.IPv6Any);
        if (!anyV6 && !listened.Address.Equals(IPAddress.Any))
        {
            return [PeerAddress.From(listened).ToString()];
        }
        string[] addresses = [.. NetworkInterface.GetAllNetworkInterfaces()
            .Where(n => n.OperationalStatus == OperationalStatus.Up && n.NetworkInterfaceType != NetworkInterfaceType.Loopback)
            .SelectMany(n => n.GetIPProperties().UnicastAddresses)
            .Select(u => u.Address)
            // A link-local address means nothing without the receiver's own scope.
            .Where(a => a.AddressFamily == AddressFamily.InterNetwork || (anyV6 && !a.IsIPv6LinkLocal))
            .Select(a => PeerAddress.From(new IPEndPoint(a, listened.Port)).ToString())
            .Distinct().Take(Limits.NodeAddresses)];
        return addresses.Length > 0 ? addresses : [PeerAddress.From(new IPEndPoint(IPAddress.Loopback, listened.Port)).ToString()];
    }
}
