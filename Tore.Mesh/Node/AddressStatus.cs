using Tore.Mesh.Primitives;

namespace Tore.Mesh.Node;

/// <summary>An address at which a node may be dialled, and how that went.</summary>
public sealed record AddressStatus
{
    /// <summary>Where, <c>host:port</c>.</summary>
    public required string Address { get; init; }

    /// <summary>Who is said to be there, or was; null for a seed that never answered.</summary>
    public required NodeId? NodeId { get; init; }

    /// <summary>Who said so: <c>seed</c>, <c>mdns</c> or <c>member</c>.</summary>
    public required string Source { get; init; }

    /// <summary>Whether there is a link with that node, over whatever address.</summary>
    public required bool IsLinked { get; init; }

    /// <summary>Stable code of the last failure; null when the last dial did not fail.</summary>
    public string? Code { get; init; }

    /// <summary>The last failure in words.</summary>
    public string? Text { get; init; }

    /// <summary>When that was.</summary>
    public DateTimeOffset? FailedAt { get; init; }

    /// <summary>Failures in a row.</summary>
    public int Failures { get; init; }
}
