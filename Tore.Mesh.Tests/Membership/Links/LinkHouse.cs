using Tore.Mesh.Membership;
using Tore.Mesh.Membership.Links;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Tests.Membership.Links;

/// <summary>A node of a <see cref="LinkTown"/>: the directory, and a list of members that only grows.</summary>
internal sealed class LinkHouse : ILinkEffects
{
    private readonly LinkTown _town;
    private readonly int _number;
    private readonly ulong _start;
    private readonly SortedSet<NodeId> _met = [];

    public LinkHouse(LinkTown town, int number, ulong start)
    {
        _town = town;
        _number = number;
        _start = start;
        Directory = new LinkDirectory(Id, town.Options, this, new Random((1000 * number) + (int)(start % 1000)),
            node => !Banned.Contains(node), node => _met.Contains(node) ? [LinkTown.Address(LinkTown.Number(node)).ToString()] : []);
        Listens = [Address];
    }

    public LinkDirectory Directory { get; }

    public NodeId Id => LinkTown.Id(_number);

    public PeerAddress Address => LinkTown.Address(_number);

    /// <summary>Where it answers; empty for a node behind NAT.</summary>
    public List<PeerAddress> Listens { get; }

    public HashSet<NodeId> Banned { get; } = [];

    public Dictionary<long, HouseLink> Open { get; } = [];

    public bool IsUp { get; private set; } = true;

    /// <summary>Packets to and from it vanish, and nobody is told.</summary>
    public bool IsCutOff { get; set; }

    /// <summary>It never says who it is.</summary>
    public bool IsMute { get; set; }

    public List<PeerAddress> Dialled { get; } = [];

    public List<(NodeId Node, bool Broken)> Losses { get; } = [];

    public List<NodeId> NotReached { get; } = [];

    public List<string> Goodbyes { get; } = [];

    public List<string> Closed { get; } = [];

    /// <summary>The peers with a link that both ends have introduced themselves on, as far as this end knows.</summary>
    public int[] Linked => [.. _met.Where(n => Directory.LinkTo(n) is not null).Select(LinkTown.Number).Order()];

    /// <summary>The process dies; the system closes its links.</summary>
    public void Kill()
    {
        IsUp = false;
        foreach (HouseLink link in Open.Values.ToArray())
        {
            _town.Break(link, this, code: null);
        }
    }

    public void Meet(NodeId node)
    {
        if (node != Id && _met.Add(node))
        {
            Directory.OnMember(node, isThere: true, _town.Now);
            Tell([node]);
        }
    }

    public void Forget(NodeId node)
    {
        if (_met.Remove(node))
        {
            Directory.OnMember(node, isThere: false, _town.Now);
        }
    }

    public void OnIntroduced(long number, NodeId node, ulong start)
    {
        if (Directory.Find(number) is { } link && Directory.OnIntroduced(link, start, _town.Now, out _))
        {
            Meet(node);
            NodeId[] known = [.. _met];
            _town.Carry(this, number, (to, _) => to.Hear(known));
        }
    }

    public void Dial(PeerAddress address, NodeId? expected)
    {
        Dialled.Add(address);
        _town.Dial(this, address, expected);
    }

    public void Introduce(long link)
    {
        if (!IsMute)
        {
            _town.Carry(this, link, (to, there) => to.OnIntroduced(there, Id, _start));
        }
    }

    public void SayGoodbye(long link, string code, string text)
    {
        Goodbyes.Add(code);
        _town.Carry(this, link, (to, there) => to.CloseAs(there, code));
    }

    public void Close(long link, string code, string reason)
    {
        Closed.Add(code);
        CloseAs(link, code);
    }

    public void Unlinked(NodeId peer, bool broken) => Losses.Add((peer, broken));

    public void Unreachable(NodeId peer) => NotReached.Add(peer);

    public void LinkChanged(NodeId peer)
    {
    }

    private void CloseAs(long link, string code)
    {
        if (Open.TryGetValue(link, out HouseLink? open))
        {
            _town.Break(open, this, code);
        }
    }

    private void Hear(IEnumerable<NodeId> nodes)
    {
        foreach (NodeId node in nodes)
        {
            Meet(node);
        }
    }

    private void Tell(NodeId[] nodes)
    {
        foreach (NodeId peer in _met)
        {
            if (Directory.LinkTo(peer) is { } link)
            {
                _town.Carry(this, link.Number, (to, _) => to.Hear(nodes));
            }
        }
    }
}
