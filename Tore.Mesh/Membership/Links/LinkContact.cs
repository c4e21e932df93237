using Tore.Mesh.Primitives;

namespace Tore.Mesh.Membership.Links;

/// <summary>An address at which some node may be dialled, and how that went; for <c>tore doctor</c>.</summary>
internal sealed record LinkContact
{
    /// <summary>Where.</summary>
    public required PeerAddress Address { get; init; }

    /// <summary>Who is said to be there, or was; null for a seed that never answered.</summary>
    public required NodeId? Node { get; init; }

    /// <summary>Who said so.</summary>
    public required ContactSource Source { get; init; }

    /// <summary>Whether there is a link with that node, over whatever address.</summary>
    public required bool IsLinked { get; init; }

    /// <summary>Why the address could not be dialled the last time; null when it could, or was not tried.</summary>
    public required LinkFailure? Failure { get; init; }
}
