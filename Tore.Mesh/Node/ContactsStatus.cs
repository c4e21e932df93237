using Tore.Mesh.Transport;

namespace Tore.Mesh.Node;

/// <summary>Whom a node tried to reach or turned away, and why there is no link; for <c>tore doctor</c>.</summary>
/// <param name="Addresses">Addresses that were or are to be dialled.</param>
/// <param name="Refused">Incoming connections that became no link.</param>
/// <param name="Strangers">Nodes heard by mDNS that belong to another mesh or speak no wire version in common.</param>
public sealed record ContactsStatus(
    IReadOnlyList<AddressStatus> Addresses, IReadOnlyList<RefusedLink> Refused, IReadOnlyList<StrangerStatus> Strangers)
{
    /// <summary>Whether nodes are looked for by mDNS.</summary>
    public bool Mdns { get; init; }

    /// <summary>What keeps mDNS from finding nodes, as far as is known; null for nothing.</summary>
    public string? MdnsProblem { get; init; }

    /// <summary>Nodes on the allow list; 0 admits everybody.</summary>
    public int Allowed { get; init; }

    /// <summary>Nodes that are banned.</summary>
    public int Banned { get; init; }

    /// <summary>Lowest wire version that this node speaks.</summary>
    public int LowestWireVersion { get; init; }

    /// <summary>Highest wire version that this node speaks.</summary>
    public int HighestWireVersion { get; init; }
}
