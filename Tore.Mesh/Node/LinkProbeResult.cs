using Tore.Mesh.Identity;
using Tore.Mesh.Membership;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Node;

/// <summary>What came of one try to link with an address.</summary>
public sealed record LinkProbeResult
{
    /// <summary>What was dialled.</summary>
    public required PeerAddress Address { get; init; }

    /// <summary>How far it came.</summary>
    public required LinkProbeOutcome Outcome { get; init; }

    /// <summary>The IP addresses that were tried: the address itself, or those of its name.</summary>
    public IReadOnlyList<string> Resolved { get; init; } = [];

    /// <summary>Why there is no link, one of <see cref="ErrorCodes"/>; null when there was one.</summary>
    public string? Code { get; init; }

    /// <summary>The same for people.</summary>
    public string? Text { get; init; }

    /// <summary>Who is there, where it proved its key.</summary>
    public NodeId? Peer { get; init; }

    /// <summary>The mesh it is in, where that is another.</summary>
    public MeshId? PeerMesh { get; init; }

    /// <summary>TLS version and suite, where they were agreed.</summary>
    public string? Security { get; init; }

    /// <summary>Whether the peer was shown this node's own key, or one made for this try, which an allow list does not know.</summary>
    public required bool WithOwnKey { get; init; }
}
