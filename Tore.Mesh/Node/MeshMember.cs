using Tore.Mesh.Membership;
using Tore.Mesh.Membership.Swim;
using Tore.Mesh.Primitives;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Node;

/// <summary>A member of the mesh as this node sees it; never this node itself.</summary>
internal sealed record MeshMember
{
    /// <summary>The member.</summary>
    public required NodeId Node { get; init; }

    /// <summary>Whether it lives.</summary>
    public required MemberState State { get; init; }

    /// <summary>The incarnation that the state is about.</summary>
    public required ulong Incarnation { get; init; }

    /// <summary>Which start of the node; null while only its departure is known.</summary>
    public required ulong? Start { get; init; }

    /// <summary>Since when it is in this state, on the clock of <see cref="Moment.Elapsed"/>.</summary>
    public required TimeSpan Since { get; init; }

    /// <summary>Where it says that it listens, <c>host:port</c>.</summary>
    public required IReadOnlyList<string> Addresses { get; init; }

    /// <summary>The control link that new messages to it take; null where there is none.</summary>
    public long? Link { get; init; }

    /// <summary>The other end of that link.</summary>
    public PeerAddress? Remote { get; init; }

    /// <summary>When the present spell of being linked began; null without a link.</summary>
    public TimeSpan? LinkedSince { get; init; }

    /// <summary>Round-trip time of the last answered ping.</summary>
    public TimeSpan? RoundTrip { get; init; }

    /// <summary>Round-trip time by the network coordinates; null until it told its own.</summary>
    public TimeSpan? PredictedRoundTrip { get; init; }

    /// <summary>Its clock less this machine's, in microseconds; null without a reading.</summary>
    public long? ClockOffsetMicroseconds { get; init; }

    /// <summary>Whether it is alive, or suspect and may still refute.</summary>
    public bool IsLiving => State is MemberState.Alive or MemberState.Suspect;

    /// <summary>What it can do; null until its record is here.</summary>
    public NodeInfo? Capabilities { get; init; }
}
