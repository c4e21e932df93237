using Tore.Mesh.Membership.Swim;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Node;

/// <summary>A member of the mesh as a node sees it, itself included.</summary>
public sealed record MemberStatus
{
    /// <summary>The member.</summary>
    public required NodeId NodeId { get; init; }

    /// <summary>Whether it is the node that says this.</summary>
    public bool IsSelf { get; init; }

    /// <summary>Whether it lives.</summary>
    public required MemberState State { get; init; }

    /// <summary>Since when it is in this state.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>Its incarnation.</summary>
    public required ulong Incarnation { get; init; }

    /// <summary>Drawn at random at each start of it, 16 hex digits; null while only its departure is known.</summary>
    public required string? Start { get; init; }

    /// <summary>Addresses at which it listens, as it says.</summary>
    public required IReadOnlyList<string> Listen { get; init; }

    /// <summary>The other end of the control link, <c>host:port</c>; null where there is none.</summary>
    public string? LinkAddress { get; init; }

    /// <summary>TLS version of the link, <c>1.3</c> or <c>1.2</c>; null without one.</summary>
    public string? Tls { get; init; }

    /// <summary>Round-trip time of the last answered ping; null before the first.</summary>
    public double? RoundTripMs { get; init; }

    /// <summary>Round-trip time as the network coordinates have it; null before there are any.</summary>
    public double? PredictedRoundTripMs { get; init; }

    /// <summary>Its clock less this machine's; null before it has told its time.</summary>
    public double? ClockOffsetMs { get; init; }

    /// <summary>What it can do; null while that is not known here.</summary>
    public MemberCapabilities? Capabilities { get; init; }

    /// <summary>Whether there is a control link with it.</summary>
    public bool IsLinked => LinkAddress is not null;
}
