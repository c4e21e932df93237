using System.Collections.Immutable;
using Tore.Mesh.Membership.Mdns;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Membership.Links;

/// <summary>Nodes near by that this one cannot link with, as mDNS tells; the last heard of them, so many. Pure.</summary>
internal sealed class StrangerBook
{
    private readonly Dictionary<NodeId, MeshStranger> _strangers = [];

    /// <summary>Rises with every change.</summary>
    public long Version { get; private set; }

    /// <summary>Notes one, in place of the one longest not heard where there are too many.</summary>
    public void Note(MdnsNode node, IReadOnlyList<PeerAddress> addresses, in Moment now)
    {
        if (_strangers.Count >= Limits.Strangers && !_strangers.ContainsKey(node.Node))
        {
            _strangers.Remove(_strangers.Values.MinBy(static s => s.SeenAtUnixMicroseconds)!.Node);
        }
        _strangers[node.Node] = new MeshStranger
        {
            Node = node.Node,
            Addresses = [.. addresses.Take(Limits.NodeAddresses)],
            Mesh = node.Mesh,
            WireVersion = node.WireVersion,
            SeenAtUnixMicroseconds = now.UnixMicroseconds,
        };
        Version++;
    }

    /// <summary>It is not there any more, or no stranger.</summary>
    public void Forget(NodeId node) => Version += _strangers.Remove(node) ? 1 : 0;

    /// <summary>All of them, by id.</summary>
    public ImmutableArray<MeshStranger> All() => [.. _strangers.Values.OrderBy(static s => s.Node)];
}
