using Tore.Mesh.Primitives;

namespace Tore.Mesh.Membership.Links;

/// <summary>
/// Whom to dial where, and which of several links is used: a state machine without socket, clock or chance of its own. It dials seeds
/// for ever, what mDNS hears of, and the members that this node links with: all of a small mesh, some of a large one
/// (<see cref="Neighbourhood"/>), and whomever a probe or a caller needs right now. Every input costs O(log n).
/// <para>
/// Two links with one peer (both dialled at once, or the peer came back before its old link was seen to break): the newest on which
/// the peer introduced itself is used by both, and the node with the lower id, it alone, takes the others out of use. So both never
/// close the one that the other kept.
/// </para>
/// </summary>
internal sealed partial class LinkDirectory
{
    /// <summary>The code of a goodbye to a link that another one replaces.</summary>
    public const string Superseded = "superseded";

    /// <summary>The code of a goodbye to a link that was made for a moment's need.</summary>
    public const string NotNeeded = "not_needed";

    /// <summary>In a large mesh a full node makes room for newcomers, but gives each link so long to be of use.</summary>
    private static readonly TimeSpan LeastStay = TimeSpan.FromSeconds(2);

    private readonly NodeId _self;
    private readonly LinkDirectoryOptions _options;
    private readonly ILinkEffects _effects;
    private readonly Random _random;
    private readonly Func<NodeId, bool> _admits;
    private readonly Func<NodeId, IReadOnlyList<string>> _addressesOf;
    private readonly Neighbourhood _neighbourhood;
    private readonly DeadlineQueue _timers = new();
    private readonly Dictionary<long, ControlLink> _links = [];
    private readonly Dictionary<NodeId, LinkPeer> _peers = [];
    private int _linkedPeers;
    private bool _stopped;

    /// <summary>Makes a directory that knows nobody.</summary>
    /// <param name="self">This node.</param>
    /// <param name="options">Timing and measures.</param>
    /// <param name="effects">Acts.</param>
    /// <param name="random">Everything that is left to chance.</param>
    /// <param name="admits">The allow and ban lists.</param>
    /// <param name="addressesOf">Where a member says that it listens; empty where that is not known.</param>
    public LinkDirectory(NodeId self, LinkDirectoryOptions options, ILinkEffects effects, Random random,
        Func<NodeId, bool> admits, Func<NodeId, IReadOnlyList<string>> addressesOf)
    {
        _self = self;
        _options = options;
        _effects = effects;
        _random = random;
        _admits = admits;
        _addressesOf = addressesOf;
        _neighbourhood = new Neighbourhood(options, random);
    }

    /// <summary>When <see cref="OnTimer"/> is next due; null when nothing is to be done.</summary>
    public TimeSpan? NextDeadline => _timers.Next;

    /// <summary>Peers with a link that is not on its way out.</summary>
    public int LinkedPeers => _linkedPeers;

    /// <summary>
    /// Whether a control link that ended with this code was merely not needed, or was ended by a word: nobody was lost. Of a link that
    /// was replaced another remains.
    /// </summary>
    public static bool IsOrderly(string? code) =>
        code is Superseded or NotNeeded or ErrorCodes.Draining or ErrorCodes.TooManyLinks || IsRefusal(code);

    /// <summary>What is known of a link; null for one that is not known.</summary>
    public ControlLink? Find(long link) => _links.GetValueOrDefault(link);

    /// <summary>The link that new messages to a peer take; null where it has introduced itself on none.</summary>
    public ControlLink? LinkTo(NodeId peer) => PeerOf(peer) is { IsLinked: true } known ? known.Current : null;

    /// <summary>Since when there is a link with the peer; null where there is none.</summary>
    public TimeSpan? LinkedSince(NodeId peer) => PeerOf(peer) is { IsLinked: true } known ? known.LinkedSince : null;

    /// <summary>A link stands. False when it is refused: it was then closed, and nothing was kept.</summary>
    /// <param name="number">The shell's number for the link, higher than any before.</param>
    /// <param name="node">Proven by the handshake.</param>
    /// <param name="remote">The other end.</param>
    /// <param name="dialled">The address that was dialled from here; null when the peer dialled.</param>
    /// <param name="now">The time.</param>
    public bool OnLinkOpened(long number, NodeId node, PeerAddress remote, PeerAddress? dialled, in Moment now)
    {
        DialAddress? address = dialled is { } a ? DialEnded(a, node, now) : null;
        LinkPeer peer = Known(node);
        if (Refusal(peer, now) is { } refusal)
        {
            _effects.Close(number, refusal.Code, refusal.Text);
            if (address is not null)
            {
                Fruitless(address, refusal.Code, refusal.Text, now);
                AttemptFailed(peer, now);
            }
            Plan(peer, now);
            return false;
        }
        var link = new ControlLink(number, peer, remote, address, now.Elapsed);
        _links[number] = link;
        peer.Links.Add(link);
        Need(peer, now);
        EndAttempt(peer, now);
        Choose(peer);
        _effects.Introduce(number);
        Plan(peer, now);
        PlanRelief(now);
        return true;
    }

    /// <summary>The peer introduced itself on a link. False when it had done so already.</summary>
    /// <param name="link">Which.</param>
    /// <param name="start">Which start of the peer it is.</param>
    /// <param name="now">The time.</param>
    /// <param name="replaced">Whether another start of the same node was linked until now.</param>
    public bool OnIntroduced(ControlLink link, ulong start, in Moment now, out bool replaced)
    {
        LinkPeer peer = link.Peer;
        replaced = peer.IsLinked && peer.Start != start;
        bool isFirst = !peer.IsLinked || replaced;
        if (link.IsIntroduced || link.RetiredAt is not null)
        {
            replaced = false;
            return false;
        }
        (link.IsIntroduced, link.Start) = (true, start);
        (peer.IsLinked, peer.Start, peer.Failures, peer.ReachUntil) = (true, start, 0, null);
        if (isFirst)
        {
            peer.LinkedSince = now.Elapsed;
        }
        link.Dialled?.Succeeded();
        RetireOthers(peer, now);
        Choose(peer);
        OnNeighbourLinked(peer, now);
        Plan(peer, now);
        return isFirst;
    }

    /// <summary>A link is gone, whoever closed it.</summary>
    public void OnLinkClosed(long number, string? code, in Moment now)
    {
        if (_links.TryGetValue(number, out ControlLink? link))
        {
            Remove(link, code, IsOrderly(code), now);
        }
    }

    /// <summary>Does what is due.</summary>
    public void OnTimer(in Moment now)
    {
        while (_timers.TakeDue(now.Elapsed) is { } due)
        {
            switch (due)
            {
                case LinkPeer peer:
                    OnPeerDue(peer, now);
                    break;
                case DialAddress seed:
                    DialSeed(seed, now);
                    break;
                default:
                    OnRedrawDue(now);
                    break;
            }
        }
    }

    /// <summary>The allow and ban lists may have changed.</summary>
    public void OnAdmissionChanged(in Moment now)
    {
        foreach (NodeId node in _neighbourhood.Chosen.ToArray())
        {
            if (!_admits(node))
            {
                _neighbourhood.Drop(node);
            }
        }
        foreach (ControlLink link in _links.Values.ToArray())
        {
            if (!_admits(link.Peer.Node))
            {
                End(link, ErrorCodes.NotAllowed, "This node's allow and ban lists do not admit the peer any more.", now);
            }
        }
        Replan(now);
    }

    /// <summary>Says goodbye to everybody and dials nobody any more.</summary>
    public void Stop()
    {
        _stopped = true;
        _timers.Clear();
        foreach (ControlLink link in _links.Values)
        {
            _effects.SayGoodbye(link.Number, ErrorCodes.Draining, "The node is stopping.");
            _effects.Close(link.Number, ErrorCodes.Draining, "The node is stopping.");
        }
    }

    private static bool IsRefusal(string? code) => code is ErrorCodes.Banned or ErrorCodes.NotAllowed;

    private LinkPeer? PeerOf(NodeId node) => _peers.GetValueOrDefault(node);

    private (string Code, string Text)? Refusal(LinkPeer peer, in Moment now)
    {
        if (_stopped)
        {
            return (ErrorCodes.Draining, "The node is stopping.");
        }
        if (peer.Node == _self)
        {
            return (ErrorCodes.PeerIsSelf, "The node dialled itself.");
        }
        if (!_admits(peer.Node))
        {
            return (ErrorCodes.NotAllowed, "This node's allow and ban lists do not admit the peer.");
        }
        bool isFull = peer.Current is null
            ? _linkedPeers >= Limits.ControlPeers && !MakeRoom(now)
            : peer.Links.Count >= Limits.LinksPerPeer;
        return isFull ? (ErrorCodes.TooManyLinks, "This node has as many links as it can have.") : null;
    }

    /// <summary>
    /// In a large mesh everybody may come in; the longest link that nobody here chose gives way, one that somebody here uses last.
    /// </summary>
    private bool MakeRoom(in Moment now)
    {
        ControlLink? first = null;
        if (_neighbourhood.IsSparse)
        {
            foreach (ControlLink link in _links.Values)
            {
                if (link.RetiredAt is null && now.Elapsed - link.OpenedAt >= LeastStay && !_neighbourhood.IsChosen(link.Peer.Node)
                    && (first is null || (IsInUse(link, now), link.OpenedAt).CompareTo((IsInUse(first, now), first.OpenedAt)) < 0))
                {
                    first = link;
                }
            }
        }
        if (first is null)
        {
            return false;
        }
        Retire(first, ErrorCodes.TooManyLinks, "This node makes room for other links.", now);
        return true;
    }

    /// <summary>Whether the link was asked for again since it stood.</summary>
    private bool IsInUse(ControlLink link, in Moment now) =>
        link.Peer.NeededUntil > now.Elapsed && link.Peer.NeededUntil > link.OpenedAt + _options.IdleLimit;

    private void RetireOthers(LinkPeer peer, in Moment now)
    {
        ControlLink? newest = null;
        foreach (ControlLink link in peer.Links)
        {
            newest = link is { IsIntroduced: true, RetiredAt: null } ? link : newest;
        }
        foreach (ControlLink other in peer.Links)
        {
            // An older start cannot answer any more, whoever has the lower id.
            if (other != newest && other is { IsIntroduced: true, RetiredAt: null }
                && (_self < peer.Node || other.Start != newest!.Start))
            {
                other.RetiredAt = now.Elapsed;
                _effects.SayGoodbye(other.Number, Superseded, "Another link with this node replaces this one.");
            }
        }
    }

    /// <summary>Takes a link out of use; the peer closes it behind what it has sent.</summary>
    private void Retire(ControlLink link, string code, string text, in Moment now)
    {
        link.RetiredAt = now.Elapsed;
        _effects.SayGoodbye(link.Number, code, text);
        Choose(link.Peer);
        if (link.Peer.Current is null)
        {
            Unlinked(link.Peer, isOrderly: true, now);
        }
        Plan(link.Peer, now);
    }

    /// <summary>A peer's introduction was not accepted.</summary>
    public void Refuse(ControlLink link, string code, string text, in Moment now)
    {
        link.IsIntroduced = false;
        End(link, code, text, now);
    }

    /// <summary>Closes a link. The shell reports the end too, but the peer is not to be counted on from now.</summary>
    private void End(ControlLink link, string code, string text, in Moment now)
    {
        _effects.Close(link.Number, code, text);
        Remove(link, code, isOrderly: true, now);
    }

    private void Remove(ControlLink link, string? code, bool isOrderly, in Moment now)
    {
        LinkPeer peer = link.Peer;
        _links.Remove(link.Number);
        peer.Links.Remove(link);
        Choose(peer);
        if (!link.IsIntroduced && link.Dialled is { } address)
        {
            Fruitless(address, code ?? ErrorCodes.LinkClosed, "The link was closed before the peer had introduced itself.", now);
        }
        if (peer.Current is null && link.RetiredAt is null)
        {
            Unlinked(peer, isOrderly, now);
            WaitAfterLoss(link, code, now);
        }
        Plan(peer, now);
    }

    private void Unlinked(LinkPeer peer, bool isOrderly, in Moment now)
    {
        if (peer.IsLinked)
        {
            peer.IsLinked = false;
            _effects.Unlinked(peer.Node, !isOrderly);
        }
        peer.RetryAt = now.Elapsed + Jittered(TimeSpan.FromMilliseconds(400)) + DialDelay(peer.Node);
        foreach (DialAddress address in peer.Addresses)
        {
            address.RetryAt = address.Fruitless == 0 ? peer.RetryAt : address.RetryAt;
            PlanSeed(address, now);
        }
    }

    private void Choose(LinkPeer peer)
    {
        bool had = peer.Current is not null;
        if (peer.Choose())
        {
            _linkedPeers += (peer.Current is null ? 0 : 1) - (had ? 1 : 0);
            ContactsVersion++;
            _effects.LinkChanged(peer.Node);
        }
    }

    /// <summary>Of two nodes that hear of each other at once, the one with the lower id dials first.</summary>
    private TimeSpan DialDelay(NodeId node) => _self < node ? TimeSpan.Zero : Jittered(2 * _options.YieldToLowerId);

    private TimeSpan Jittered(TimeSpan most) => most * (0.5 + (0.5 * _random.NextDouble()));
}
