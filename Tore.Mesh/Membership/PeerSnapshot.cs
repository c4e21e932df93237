using System.Collections.Immutable;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Membership;

/// <summary>The members as they stood at one moment; replaced whole, never changed.</summary>
/// <param name="Version">Rises with every change.</param>
/// <param name="Members">The peers, without this node.</param>
internal sealed record PeerSnapshot(long Version, ImmutableSortedDictionary<NodeId, PeerMember> Members)
{
    /// <summary>Nobody yet.</summary>
    public static PeerSnapshot Empty { get; } = new(0, ImmutableSortedDictionary<NodeId, PeerMember>.Empty);
}
