using Tore.Mesh.Primitives;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Membership;

/// <summary>A peer with a standing control link that has said what it is.</summary>
internal sealed record PeerMember
{
    /// <summary>The peer.</summary>
    public required NodeId Node { get; init; }

    /// <summary>What it says of itself.</summary>
    public required NodeInfo Info { get; init; }

    /// <summary>The link for new messages to it.</summary>
    public required long Link { get; init; }

    /// <summary>The other end of that link.</summary>
    public required PeerAddress Remote { get; init; }

    /// <summary>When the first of its links stood, on the directory's clock.</summary>
    public required TimeSpan Since { get; init; }

    /// <summary>Round-trip time of the last answered ping.</summary>
    public TimeSpan? RoundTrip { get; init; }
}
