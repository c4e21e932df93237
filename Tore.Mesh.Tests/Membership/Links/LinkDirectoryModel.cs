using Tore.Mesh.Membership;
using Tore.Mesh.Membership.Links;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Tests.Membership.Links;

/// <summary>Does anything at random to a directory, and knows what its books must say.</summary>
internal sealed class LinkDirectoryModel(LinkDirectory directory, DialList effects, Random random)
{
    public const int Nodes = 14;

    private readonly Dictionary<long, NodeId> _open = [];
    private readonly HashSet<NodeId> _reaching = [];
    private readonly List<(PeerAddress Address, NodeId? Expected)> _underWay = [];
    private int _dialsSeen;
    private int _endsSeen;
    private int _goodbyesSeen;
    private readonly HashSet<long> _retired = [];
    private int _unreachableSeen;
    private long _links;

    public int Reached { get; private set; }

    public int Introduced { get; private set; }

    public void Step()
    {
        NodeId node = LinkTown.Id(2 + random.Next(Nodes));
        switch (random.Next(14))
        {
            case 0:
                directory.OnMember(node, isThere: true, effects.Now);
                break;
            case 1:
                directory.OnMember(node, isThere: false, effects.Now);
                break;
            case 2:
                directory.OnFound(node, [LinkTown.Address(2 + random.Next(20))], effects.Now);
                break;
            case 3:
                directory.OnLost(node, effects.Now);
                break;
            case 4 or 5:
                Open(node, null);
                break;
            case 6 or 7 when _underWay.Count > 0:
                (PeerAddress address, NodeId? expected) = _underWay[random.Next(_underWay.Count)];
                Open(expected ?? node, address);
                break;
            case 8 when _underWay.Count > 0:
                Fail(_underWay[random.Next(_underWay.Count)].Address);
                break;
            case 9 or 10 when _open.Count > 0:
                Introduce(_open.Keys.ElementAt(random.Next(_open.Count)));
                break;
            case 11 when _open.Count > 0:
                Close(_open.Keys.ElementAt(random.Next(_open.Count)));
                break;
            case 12:
                Reach(node);
                break;
            default:
                effects.Run(directory, TimeSpan.FromSeconds(3 * random.NextDouble()));
                break;
        }
        See();
    }

    public void Check()
    {
        Assert.Equal(_open.Where(l => !_retired.Contains(l.Key)).Select(l => l.Value).Distinct().Count(), directory.LinkedPeers);
        Assert.Equal(_underWay.Count, _underWay.Select(d => d.Address).Distinct().Count());
        Assert.All(_open.Keys, l => Assert.NotNull(directory.Find(l)));
        Assert.All(effects.Closed, c => Assert.Null(directory.Find(c.Link)));
        foreach (NodeId node in effects.Recorded.Keys)
        {
            Assert.True(directory.LinkTo(node) is not { } link || (link.RetiredAt is null && _open.ContainsKey(link.Number)));
        }
    }

    public void End()
    {
        for (int turn = 0; turn < 200; turn++)
        {
            foreach (NodeId node in effects.Recorded.Keys)
            {
                directory.OnMember(node, isThere: false, effects.Now);
                directory.OnLost(node, effects.Now);
            }
            See();
            foreach (long link in _open.Keys.ToArray())
            {
                Close(link);
            }
            foreach ((PeerAddress address, _) in _underWay.ToArray())
            {
                Fail(address);
            }
            effects.Run(directory, TimeSpan.FromSeconds(10));
            See();
        }
    }

    /// <summary>Notes what the directory did meanwhile.</summary>
    private void See()
    {
        for (; _dialsSeen < effects.Dialled.Count; _dialsSeen++)
        {
            _underWay.Add(effects.Dialled[_dialsSeen]);
        }
        for (; _endsSeen < effects.Closed.Count; _endsSeen++)
        {
            _open.Remove(effects.Closed[_endsSeen].Link);
        }
        for (; _goodbyesSeen < effects.Goodbyes.Count; _goodbyesSeen++)
        {
            _retired.Add(effects.Goodbyes[_goodbyesSeen].Link);
        }
        for (; _unreachableSeen < effects.NotReached.Count; _unreachableSeen++)
        {
            Assert.True(_reaching.Remove(effects.NotReached[_unreachableSeen]), "Nobody wanted to reach it.");
        }
    }

    private void Open(NodeId node, PeerAddress? dialled)
    {
        if (dialled is { } address)
        {
            _underWay.RemoveAll(d => d.Address == address);
        }
        if (directory.OnLinkOpened(++_links, node, LinkTown.Address(99), dialled, effects.Now))
        {
            _open[_links] = node;
        }
        See();
    }

    private void Fail(PeerAddress address)
    {
        _underWay.RemoveAll(d => d.Address == address);
        directory.OnDialFailed(address, ErrorCodes.PeerUnreachable, "no", effects.Now);
        See();
    }

    private void Introduce(long link)
    {
        NodeId node = _open[link];
        bool isRetired = directory.Find(link)!.RetiredAt is not null;
        directory.OnIntroduced(directory.Find(link)!, (ulong)random.Next(2), effects.Now, out _);
        if (!isRetired && _reaching.Remove(node))
        {
            Introduced++;
        }
        See();
    }

    private void Close(long link)
    {
        _open.Remove(link);
        directory.OnLinkClosed(link, random.Next(3) switch { 0 => null, 1 => LinkDirectory.Superseded, _ => ErrorCodes.TooManyLinks },
            effects.Now);
        See();
    }

    private void Reach(NodeId node)
    {
        if (directory.LinkTo(node) is null && _reaching.Add(node))
        {
            Reached++;
        }
        directory.Reach(node, TimeSpan.FromSeconds(1), effects.Now);
        See();
    }
}
