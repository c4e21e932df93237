using System.Net;

namespace Tore.Mesh.Membership.Mdns;

/// <summary>How a packet came.</summary>
/// <param name="Sender">Who sent it, as the network says.</param>
/// <param name="IsMulticast">To the group, so that all heard it; else to this machine alone.</param>
/// <param name="IsOnLink">The sender's address belongs to the link (RFC 6762 §11).</param>
internal readonly record struct MdnsSource(IPEndPoint Sender, bool IsMulticast, bool IsOnLink)
{
    /// <summary>The port of mDNS (RFC 6762 §3).</summary>
    public const int Port = 5353;

    /// <summary>An ordinary DNS client, which knows nothing of mDNS (RFC 6762 §6.7).</summary>
    public bool IsLegacy => Sender.Port != Port;
}
