using System.Net;
using Tore.Mesh.Primitives;
using Tore.Mesh.Transport;

namespace Tore.Mesh.Membership.Mdns;

/// <summary>What one node says of itself over mDNS: a hint, believed by nobody before the link's handshake.</summary>
internal sealed record MdnsNode
{
    /// <summary>Its id.</summary>
    public required NodeId Node { get; init; }

    /// <summary>Port that peers dial.</summary>
    public required int Port { get; init; }

    /// <summary>Addresses on the interface at hand; link-local ones of others with that interface as their scope.</summary>
    public required IReadOnlyList<IPAddress> Addresses { get; init; }

    /// <summary>Mesh fingerprint, 16 hex digits.</summary>
    public required string Mesh { get; init; }

    /// <summary>The wire versions that it speaks.</summary>
    public required WireVersions Wire { get; init; }

    /// <summary>The highest of them.</summary>
    public int WireVersion => Wire.Highest;

    /// <summary>Whether both say the same.</summary>
    public bool SaysTheSameAs(MdnsNode other) => Node == other.Node && Port == other.Port && Mesh == other.Mesh && Wire == other.Wire
        && Addresses.SequenceEqual(other.Addresses);
}
