using System.Collections.Immutable;
using Tore.Mesh.Membership.Links;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Node;

/// <summary>The mesh as one node sees it at one moment; replaced whole, never changed.</summary>
internal sealed record MeshSnapshot
{
    /// <summary>Nobody yet.</summary>
    public static MeshSnapshot Empty { get; } = new();

    /// <summary>Rises with every snapshot that differs from the one before.</summary>
    public long Version { get; init; }

    /// <summary>The members without this node, tombstones included.</summary>
    public ImmutableSortedDictionary<NodeId, MeshMember> Members { get; init; } = ImmutableSortedDictionary<NodeId, MeshMember>.Empty;

    /// <summary>The own incarnation; zero before the start.</summary>
    public ulong Incarnation { get; init; }

    /// <summary>The mesh clock less this machine's, in microseconds; null without a peer that told its time.</summary>
    public long? ClockOffsetMicroseconds { get; init; }

    /// <summary>Lifeguard's local health: 0 is well, each step makes this node wait longer before it suspects others.</summary>
    public int LocalHealth { get; init; }

    /// <summary>Since when it is known that another process runs with this node's key; null where none is.</summary>
    public TimeSpan? DuplicateKeySince { get; init; }

    /// <summary>
    /// Whether the mesh is too large for everybody to link with everybody: an unlinked member is then linked with on demand.
    /// </summary>
    public bool IsPartial { get; init; }

    /// <summary>Addresses that were or are to be dialled, sorted.</summary>
    public ImmutableArray<LinkContact> Contacts { get; init; } = [];

    /// <summary>Nodes near by that are of another mesh or another wire version, sorted.</summary>
    public ImmutableArray<MeshStranger> Strangers { get; init; } = [];

    /// <summary>Whether a node is a member that is alive or suspect.</summary>
    public bool IsLiving(NodeId node) => Members.TryGetValue(node, out MeshMember? member) && member.IsLiving;
}
