using Tore.Mesh.Transport;

namespace Tore.Mesh.Node;

/// <summary>Whom a node tried to reach or turned away, and why there is no link; for <c>tore doctor</c>.</summary>
/// <param name="Addresses">Addresses that were or are to be dialled.</param>
/// <param name="Refused">Incoming connections that became no link.</param>
/// <param name="Strangers">Nodes heard by mDNS that belong to another mesh or speak no wire version in common.</param>
public sealed record ContactsStatus(
    IReadOnlyList<AddressStatus> Addresses, IReadOnlyList<RefusedLink> Refused, IReadOnlyList<StrangerStatus> Strangers)
{
    /// <summary>Whether it looks for others by mDNS.</summary>
    public bool Mdns { get; init; }

    /// <summary>The own addresses where it does.</summary>
    public IReadOnlyList<string> MdnsInterfaces { get; init; } = [];

    /// <summary>Why it cannot where it should; null where it can.</summary>
    public string? MdnsProblem { get; init; }

    /// <summary>Ids that alone are admitted; 0 when everybody is.</summary>
    public int Allowed { get; init; }

    /// <summary>Ids that are refused.</summary>
    public int Banned { get; init; }

    /// <summary>Lowest wire version that this node speaks.</summary>
    public int LowestWireVersion { get; init; }

    /// <summary>Highest wire version that this node speaks.</summary>
    public int HighestWireVersion { get; init; }
}
