using System.Net;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Membership.Mdns;

/// <summary>What one node says of itself over mDNS: a hint, believed by nobody before the link's handshake.</summary>
internal sealed record MdnsNode
{
    /// <summary>Its id.</summary>
    public required NodeId Node { get; init; }

    /// <summary>Port that peers dial.</summary>
    public required int Port { get; init; }

    /// <summary>Addresses on the interface at hand.</summary>
    public required IReadOnlyList<IPAddress> Addresses { get; init; }

    /// <summary>Mesh fingerprint, 16 hex digits.</summary>
    public required string Mesh { get; init; }

    /// <summary>Highest wire version it speaks.</summary>
    public required int WireVersion { get; init; }
}
