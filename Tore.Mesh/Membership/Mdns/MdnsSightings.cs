using Tore.Mesh.Primitives;
using Tore.Mesh.Transport;

namespace Tore.Mesh.Membership.Mdns;

/// <summary>
/// What was found on all links together: a node is lost when it is gone from all of them. Sorts this mesh's nodes from others.
/// </summary>
internal sealed class MdnsSightings
{
    private readonly string _mesh;
    private readonly WireVersions _wire;
    private readonly IMdnsListener _listener;
    private readonly Dictionary<(object Link, DnsName Instance), (MdnsNode Node, MdnsDifference Difference)> _seen = [];
    private readonly Dictionary<(NodeId Node, bool IsOurs), int> _counts = [];

    /// <summary>Tells the listener of nodes, as seen by <paramref name="own"/>.</summary>
    public MdnsSightings(MdnsNode own, IMdnsListener listener)
    {
        (_mesh, _wire) = (own.Mesh, own.Wire);
        _listener = listener;
    }

    /// <summary>An instance on a link says this.</summary>
    public void Found(object link, DnsName instance, MdnsNode node)
    {
        MdnsDifference difference = node.Mesh != _mesh ? MdnsDifference.Mesh
            : _wire.HighestCommon(node.Wire) is null ? MdnsDifference.WireVersion
            : MdnsDifference.None;
        (NodeId, bool) key = (node.Node, difference == MdnsDifference.None);
        // Counted before the old one is taken off, so that a change is no loss.
        _counts[key] = _counts.GetValueOrDefault(key) + 1;
        Lost(link, instance);
        _seen[(link, instance)] = (node, difference);
        if (difference == MdnsDifference.None)
        {
            _listener.Found(node);
        }
        else
        {
            _listener.FoundOther(node, difference);
        }
    }

    /// <summary>An instance on a link is gone.</summary>
    public void Lost(object link, DnsName instance)
    {
        if (!_seen.Remove((link, instance), out (MdnsNode Node, MdnsDifference Difference) was))
        {
            return;
        }
        bool isOurs = was.Difference == MdnsDifference.None;
        (NodeId, bool) key = (was.Node.Node, isOurs);
        if (--_counts[key] > 0)
        {
            return;
        }
        _counts.Remove(key);
        if (isOurs)
        {
            _listener.Lost(was.Node.Node);
        }
        else
        {
            _listener.LostOther(was.Node.Node);
        }
    }

    /// <summary>A link is gone, and all that was seen there.</summary>
    public void Lost(object link)
    {
        foreach ((object Link, DnsName Instance) key in _seen.Keys.Where(k => k.Link == link).ToArray())
        {
            Lost(key.Link, key.Instance);
        }
    }
}
