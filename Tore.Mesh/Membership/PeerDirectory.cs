using System.Collections.Immutable;
using Tore.Mesh.Primitives;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Membership;

/// <summary>
/// Who is in the mesh, for one node: a state machine without socket, clock or chance of its own. It dials seeds and learned addresses,
/// keeps one control link with every peer, tells peers of each other so that every pair links, and drops links that fell silent.
/// <para>
/// Two links with one peer (both dialled at once, or the peer came back before its old link was seen to break): the newest is used by
/// both, and the node with the lower id, it alone, takes the others out of use. So both never close the one that the other kept.
/// </para>
/// </summary>
internal sealed class PeerDirectory
{
    /// <summary>The code of a goodbye to a link that another one replaces.</summary>
    public const string Superseded = "superseded";

    private readonly NodeId _self;
    private readonly PeerDirectoryOptions _options;
    private readonly IPeerEffects _effects;
    private readonly PeerAddressBook _book;
    private readonly Random _random;
    private readonly Dictionary<long, PeerLink> _links = [];
    private readonly Dictionary<NodeId, NodeInfo> _infos = [];
    private readonly HashSet<NodeId> _told = [];
    private uint _pings;
    private bool _stopped;

    /// <summary>Makes a directory that knows nobody.</summary>
    public PeerDirectory(NodeId self, PeerDirectoryOptions options, IPeerEffects effects, Random random)
    {
        _self = self;
        _options = options;
        _effects = effects;
        _random = random;
        _book = new PeerAddressBook(options, random);
    }

    /// <summary>The members now.</summary>
    public PeerSnapshot Snapshot { get; private set; } = PeerSnapshot.Empty;

    /// <summary>When <see cref="OnTimer"/> is next due; null when nothing is to be done.</summary>
    public TimeSpan? NextDeadline
    {
        get
        {
            TimeSpan? next = MayDial ? _book.NextDue(IsWanted) : null;
            foreach (PeerLink link in _links.Values)
            {
                TimeSpan due = link.NextDue(_options);
                next = next <= due ? next : due;
            }
            return next;
        }
    }

    /// <summary>Adds an address that is dialled for as long as the node lives.</summary>
    public void AddSeed(PeerAddress address, TimeSpan now) => _book.AddSeed(address, now);

    /// <summary>Discovery heard of a node: a hint.</summary>
    public void OnFound(NodeId node, IEnumerable<PeerAddress> addresses, TimeSpan now)
    {
        foreach (PeerAddress address in addresses.Take(Limits.NodeAddresses))
        {
            _book.Learn(address, node, DialDelay(node), isFresh: true, now);
        }
        Dial(now);
    }

    /// <summary>Discovery heard that a node leaves: a hint; a standing link stays.</summary>
    public void OnLost(NodeId node) => _book.Forget(node);

    /// <summary>A dial came to nothing.</summary>
    public void OnDialFailed(PeerAddress address, TimeSpan now)
    {
        _book.Failed(address, now);
        Dial(now);
    }

    /// <summary>A dial reached this node itself: the address is not dialled again.</summary>
    public void OnDialledSelf(PeerAddress address) => _book.Reached(address, _self);

    /// <summary>A control link stands. False when it is refused: then nothing was kept, and the shell closes it.</summary>
    /// <param name="number">The shell's number for the link, never used before.</param>
    /// <param name="peer">Proven by the handshake.</param>
    /// <param name="remote">The other end.</param>
    /// <param name="dialled">The address that was dialled from here; null when the peer dialled.</param>
    /// <param name="now">The time.</param>
    public bool OnLinkOpened(long number, NodeId peer, PeerAddress remote, PeerAddress? dialled, TimeSpan now)
    {
        if (dialled is { } address)
        {
            _book.Reached(address, peer);
        }
        bool isNew = !_links.Values.Any(l => l.Peer == peer);
        if (_stopped || peer == _self || (isNew && LinkedPeers() >= Limits.ControlPeers))
        {
            return false;
        }
        _links[number] = new PeerLink(number, peer, remote, now);
        _effects.SendInfo(number);
        SendKnown(number, peer);
        return true;
    }

    /// <summary>A link is gone, whoever closed it.</summary>
    public void OnLinkClosed(long number, TimeSpan now)
    {
        if (!_links.Remove(number, out PeerLink? link))
        {
            return;
        }
        if (!_links.Values.Any(l => l.Peer == link.Peer))
        {
            _infos.Remove(link.Peer);
            _told.Remove(link.Peer);
            _book.Retry(link.Peer, Jittered(TimeSpan.FromMilliseconds(400)) + DialDelay(link.Peer), now);
        }
        Publish();
        Dial(now);
    }

    /// <summary>Something came in on a link.</summary>
    public void OnHeard(long number, TimeSpan now)
    {
        if (_links.TryGetValue(number, out PeerLink? link))
        {
            link.Heard(now);
        }
    }

    /// <summary>A peer told what it is.</summary>
    public void OnInfo(long number, in NodeInfo info, TimeSpan now)
    {
        if (!_links.TryGetValue(number, out PeerLink? link))
        {
            return;
        }
        link.Heard(now);
        if (info.Node != link.Peer)
        {
            _effects.Close(number, ErrorCodes.WireMalformed, "A node described itself under an id that is not its own.");
            return;
        }
        link.Start = info.Start;
        link.IsDescribed = true;
        RetireOthers(link, now);
        if (!_infos.TryGetValue(link.Peer, out NodeInfo known) || known.Start != info.Start || known.Revision <= info.Revision)
        {
            _infos[link.Peer] = info;
        }
        foreach (PeerAddress address in AddressesOf(info))
        {
            _book.Learn(address, link.Peer, TimeSpan.Zero, isFresh: false, now);
        }
        Publish();
        Tell(link.Peer);
    }

    /// <summary>A peer told whom it knows: hints.</summary>
    public void OnPeers(long number, IReadOnlyList<KnownPeer> known, TimeSpan now)
    {
        OnHeard(number, now);
        foreach (KnownPeer peer in known.Take(Limits.KnownAddresses).Where(p => p.Node != _self))
        {
            foreach (PeerAddress address in Parse(peer.Addresses))
            {
                _book.Learn(address, peer.Node, DialDelay(peer.Node), isFresh: true, now);
            }
        }
        Dial(now);
    }

    /// <summary>A ping was answered.</summary>
    public void OnPong(long number, uint ping, TimeSpan now)
    {
        if (_links.TryGetValue(number, out PeerLink? link))
        {
            link.Heard(now);
            if (link.Answered(ping, now))
            {
                Publish();
            }
        }
    }

    /// <summary>Does what is due: dials, pings, ends silent links.</summary>
    public void OnTimer(TimeSpan now)
    {
        foreach (PeerLink link in _links.Values.Where(l => l.NextDue(_options) <= now).ToArray())
        {
            if (link.IsExpired(_options, now))
            {
                string reason = link.IsRetired
                    ? "The link was replaced by another."
                    : $"Nothing was heard from the peer for {_options.SilenceLimit.TotalSeconds} s.";
                _effects.Close(link.Number, ErrorCodes.PeerUnreachable, reason);
                // The shell reports the end, but its peer is not to be counted on from now.
                OnLinkClosed(link.Number, now);
            }
            else if (link.NextPing(_options) <= now)
            {
                link.Pinged(unchecked(++_pings), now);
                _effects.SendPing(link.Number, _pings);
            }
        }
        Dial(now);
    }

    /// <summary>This node's own description changed: every peer is told.</summary>
    public void OnOwnInfoChanged()
    {
        foreach (PeerLink link in _links.Values.Where(l => !l.IsRetired))
        {
            _effects.SendInfo(link.Number);
        }
    }

    /// <summary>Says goodbye to everybody and dials nobody any more.</summary>
    public void Stop()
    {
        _stopped = true;
        foreach (PeerLink link in _links.Values)
        {
            _effects.SendGoodbye(link.Number, ErrorCodes.Draining, "The node is stopping.");
            _effects.Close(link.Number, ErrorCodes.Draining, "The node is stopping.");
        }
    }

    private bool MayDial => !_stopped && LinkedPeers() < Limits.ControlPeers;

    private void Dial(TimeSpan now)
    {
        if (!MayDial)
        {
            return;
        }
        foreach (PeerAddress address in _book.TakeDue(now, IsWanted))
        {
            _effects.Dial(address);
        }
    }

    private bool IsWanted(NodeId node) => node != _self && !_links.Values.Any(l => l.Peer == node);

    private int LinkedPeers() => _links.Values.Select(l => l.Peer).Distinct().Count();

    private void RetireOthers(PeerLink described, TimeSpan now)
    {
        PeerLink[] usable = [.. _links.Values.Where(l => l.Peer == described.Peer && l is { IsRetired: false, IsDescribed: true })];
        PeerLink newest = usable.MaxBy(l => l.Number)!;
        foreach (PeerLink other in usable.Where(l => l != newest))
        {
            // An older start cannot answer any more, whoever has the lower id.
            if (_self < described.Peer || other.Start != newest.Start)
            {
                other.Retire(now);
                _effects.SendGoodbye(other.Number, Superseded, "Another link with this node replaces this one.");
            }
        }
    }

    /// <summary>Tells the others of a peer that they may not have met; once a peer.</summary>
    private void Tell(NodeId peer)
    {
        if (!_told.Add(peer) || KnownOf(peer) is not { } known)
        {
            return;
        }
        foreach (PeerMember member in Snapshot.Members.Values.Where(m => m.Node != peer))
        {
            _effects.SendPeers(member.Link, [known]);
        }
    }

    private void SendKnown(long number, NodeId receiver)
    {
        KnownPeer[] known = [.. Snapshot.Members.Keys.Where(n => n != receiver).Select(KnownOf).OfType<KnownPeer>()];
        if (known.Length > 0)
        {
            _effects.SendPeers(number, known);
        }
    }

    private KnownPeer? KnownOf(NodeId node) =>
        _infos.TryGetValue(node, out NodeInfo info) && info.Addresses.Count > 0 ? new KnownPeer(node, info.Addresses) : null;

    private void Publish()
    {
        var members = ImmutableSortedDictionary.CreateBuilder<NodeId, PeerMember>();
        foreach (IGrouping<NodeId, PeerLink> links in _links.Values.GroupBy(l => l.Peer))
        {
            // A link proves its peer before that has described itself again on it.
            PeerLink? link = links.Where(l => !l.IsRetired).MaxBy(l => (l.IsDescribed, l.Number));
            if (link is not null && _infos.TryGetValue(links.Key, out NodeInfo info))
            {
                members[links.Key] = new PeerMember
                {
                    Node = links.Key,
                    Info = info,
                    Link = link.Number,
                    Remote = link.Remote,
                    Since = links.Min(l => l.OpenedAt),
                    RoundTrip = link.RoundTrip,
                };
            }
        }
        Snapshot = new PeerSnapshot(Snapshot.Version + 1, members.ToImmutable());
        _effects.Publish(Snapshot);
    }

    /// <summary>Of two nodes that hear of each other at once, the one with the lower id dials first.</summary>
    private TimeSpan DialDelay(NodeId node) => _self < node ? TimeSpan.Zero : Jittered(2 * _options.YieldToLowerId);

    private TimeSpan Jittered(TimeSpan most) => most * (0.5 + (0.5 * _random.NextDouble()));

    private static IEnumerable<PeerAddress> AddressesOf(NodeInfo info) => Parse(info.Addresses);

    private static IEnumerable<PeerAddress> Parse(IReadOnlyList<string> addresses)
    {
        foreach (string text in addresses.Take(Limits.NodeAddresses))
        {
            if (PeerAddress.TryParse(text, out PeerAddress address))
            {
                yield return address;
            }
        }
    }
}
