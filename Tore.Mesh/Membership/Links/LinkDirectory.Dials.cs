using Tore.Mesh.Primitives;

namespace Tore.Mesh.Membership.Links;

/// <content>Attempts on a peer: its addresses one after the other. An attempt that failed is repeated ever more rarely.</content>
internal sealed partial class LinkDirectory
{
    private readonly Dictionary<PeerAddress, Dial> _underWay = [];
    private readonly Queue<LinkPeer> _waiting = new();
    private readonly Queue<LinkPeer> _remembered = new();
    private int _attempts;
    private bool _isServing;

    /// <summary>A dial came to nothing.</summary>
    public void OnDialFailed(PeerAddress address, string code, string text, in Moment now)
    {
        if (!_underWay.Remove(address, out Dial dial))
        {
            return;
        }
        Fruitless(dial.Address, code, text, now);
        if (dial.Peer is not { } peer)
        {
            return;
        }
        peer.Dials--;
        // Last of all the next time.
        if (peer.Addresses.Remove(dial.Address))
        {
            peer.Addresses.Add(dial.Address);
        }
        if (peer.IsAttempting)
        {
            DialNext(peer, now);
        }
        PlanSeeds(peer, now);
        Plan(peer, now);
    }

    /// <summary>A dial reached this very node: the address is not worth another.</summary>
    public void OnDialledSelf(PeerAddress address, in Moment now)
    {
        if (_underWay.TryGetValue(address, out Dial dial))
        {
            dial.Address.IsSelf = true;
        }
        OnDialFailed(address, ErrorCodes.PeerIsSelf, "This node itself listens there.", now);
    }

    /// <summary>
    /// A probe needs a link with a peer that has none: it is dialled at once, whatever failed before. Ends in an introduction, or in
    /// <see cref="ILinkEffects.Unreachable"/> after <paramref name="within"/> at the latest.
    /// </summary>
    public void Reach(NodeId node, TimeSpan within, in Moment now)
    {
        if (LinkTo(node) is null)
        {
            // Set before the attempt, which may fail on the spot.
            Known(node).ReachUntil = now.Elapsed + within;
        }
        Demand(node, now);
    }

    /// <summary>Somebody here needs a link with a peer for a while. True when there is one.</summary>
    public bool Demand(NodeId node, in Moment now)
    {
        LinkPeer peer = Known(node);
        Need(peer, now);
        if (peer.Current is null && !peer.IsAttempting)
        {
            if (node == _self || _stopped || !_admits(node))
            {
                GiveUp(peer);
            }
            else
            {
                Attempt(peer, now);
            }
        }
        else if (peer.NextAddressAt is { } next)
        {
            peer.NextAddressAt = Min(next, now.Elapsed + Patience(peer));
        }
        Plan(peer, now);
        return peer.IsLinked;
    }

    private void Need(LinkPeer peer, in Moment now) => peer.NeededUntil = now.Elapsed + _options.IdleLimit;

    private LinkPeer Known(NodeId node)
    {
        if (!_peers.TryGetValue(node, out LinkPeer? peer))
        {
            _peers[node] = peer = new LinkPeer(node) { IsMember = _neighbourhood.IsMember(node) };
        }
        return peer;
    }

    private bool IsWanted(LinkPeer peer) => !_stopped && peer.Node != _self && _admits(peer.Node) && (peer.IsMember
        ? !_neighbourhood.IsSparse || _neighbourhood.IsChosen(peer.Node)
        : peer.HasHint);

    private void OnPeerDue(LinkPeer peer, in Moment now)
    {
        for (int i = peer.Links.Count - 1; i >= 0; i--)
        {
            ControlLink link = peer.Links[i];
            if (link.Ends(_options) <= now.Elapsed)
            {
                End(link, link.RetiredAt is null ? ErrorCodes.HandshakeTimeout : ErrorCodes.LinkClosed, link.RetiredAt is null
                    ? $"The peer did not introduce itself within {_options.IntroductionLimit.TotalSeconds} s."
                    : "The peer did not close a link that it was told is not needed.", now);
            }
        }
        if (peer.ReachUntil <= now.Elapsed)
        {
            GiveUp(peer);
        }
        if (peer.IsAttempting && peer.NextAddressAt <= now.Elapsed)
        {
            DialNext(peer, now);
        }
        if (MayAttempt(peer) && peer.RetryAt <= now.Elapsed)
        {
            if (_attempts < _options.DialsAtOnce)
            {
                Attempt(peer, now);
            }
            else
            {
                peer.IsWaiting = true;
                _waiting.Enqueue(peer);
            }
        }
        if (IsIdle(peer) && peer.NeededUntil <= now.Elapsed)
        {
            Retire(peer.Current!, NotNeeded, "The link is not needed any more.", now);
        }
        Plan(peer, now);
    }

    private bool MayAttempt(LinkPeer peer) =>
        peer.Current is null && !peer.IsAttempting && !peer.IsWaiting && IsWanted(peer);

    /// <summary>Whether the link in use was made here and for a moment's need. What the peer made is the peer's to end.</summary>
    private bool IsIdle(LinkPeer peer) => peer.Current is { Dialled: not null } && !IsWanted(peer);

    private void Attempt(LinkPeer peer, in Moment now)
    {
        Refresh(peer);
        peer.Untried.Clear();
        foreach (DialAddress address in peer.Addresses)
        {
            peer.Untried.Enqueue(address);
        }
        (peer.IsAttempting, peer.AttemptedAt) = (true, now.Elapsed);
        _attempts++;
        DialNext(peer, now);
    }

    private void DialNext(LinkPeer peer, in Moment now)
    {
        while (peer.Untried.TryDequeue(out DialAddress? address))
        {
            // One dial at a time of one address: its outcome must be somebody's.
            if (!address.IsSelf && _underWay.TryAdd(address.Address, new Dial(address, peer)))
            {
                peer.Dials++;
                peer.NextAddressAt = peer.Untried.Count > 0 ? now.Elapsed + Patience(peer) : null;
                _effects.Dial(address.Address, peer.Node);
                return;
            }
        }
        peer.NextAddressAt = null;
        if (peer.Dials == 0)
        {
            AttemptFailed(peer, now);
        }
    }

    /// <summary>How long an address may hold up the next; a probe cannot wait.</summary>
    private TimeSpan Patience(LinkPeer peer) => peer.ReachUntil is null ? _options.NextAddressAfter : _options.NextAddressAfter / 4;

    /// <summary>A dial succeeded; gives the address where it was one that is known.</summary>
    private DialAddress? DialEnded(PeerAddress dialled, NodeId node, in Moment now)
    {
        if (!_underWay.Remove(dialled, out Dial dial))
        {
            return null;
        }
        LinkPeer peer = Known(node);
        if (dial.Peer is { } meant)
        {
            meant.Dials--;
            if (meant != peer && meant.IsAttempting)
            {
                DialNext(meant, now);
                Plan(meant, now);
            }
        }
        if (dial.Address.IsSeed)
        {
            Attach(dial.Address, peer);
        }
        else if (peer.Addresses.Remove(dial.Address))
        {
            peer.Addresses.Insert(0, dial.Address);
        }
        return dial.Address;
    }

    private void AttemptFailed(LinkPeer peer, in Moment now)
    {
        EndAttempt(peer, now);
        peer.Failures++;
        peer.RetryAt = now.Elapsed + Backoff(peer.Failures);
        if (peer.Current is null)
        {
            GiveUp(peer);
            OnNeighbourLost(peer, now);
        }
        if (!peer.IsMember && peer.Failures >= _options.ForgetAfter)
        {
            DropHints(peer);
        }
    }

    private void GiveUp(LinkPeer peer)
    {
        if (peer.ReachUntil is not null)
        {
            peer.ReachUntil = null;
            _effects.Unreachable(peer.Node);
        }
    }

    private void EndAttempt(LinkPeer peer, in Moment now)
    {
        if (!peer.IsAttempting)
        {
            return;
        }
        (peer.IsAttempting, peer.NextAddressAt) = (false, null);
        peer.Untried.Clear();
        _attempts--;
        // An attempt may end as it begins, and come back here: the outer turn goes on with the next.
        if (_isServing)
        {
            return;
        }
        _isServing = true;
        while (_attempts < _options.DialsAtOnce && _waiting.TryDequeue(out LinkPeer? next))
        {
            next.IsWaiting = false;
            if (MayAttempt(next))
            {
                Attempt(next, now);
            }
            Plan(next, now);
        }
        _isServing = false;
    }

    /// <summary>How long to wait after the last link with a peer went.</summary>
    private void WaitAfterLoss(ControlLink link, string? code, in Moment now)
    {
        LinkPeer peer = link.Peer;
        if (code == Superseded)
        {
            // By a link of somebody else with this node's key: the two would chase each other's links away without pause.
            peer.RetryAt = now.Elapsed + Jittered(_options.LastBackoff);
        }
        else if (code == ErrorCodes.TooManyLinks || IsRefusal(code) || (link.Dialled is not null && !link.IsIntroduced))
        {
            AttemptFailed(peer, now);
        }
    }

    private TimeSpan Backoff(int failures)
    {
        double doubled = _options.FirstBackoff.TotalMilliseconds * Math.Pow(2, Math.Min(failures - 1, 30));
        double wait = Math.Min(doubled, _options.LastBackoff.TotalMilliseconds);
        // Jitter over the upper half, so that nodes that lost the same peer do not all come back at once.
        return TimeSpan.FromMilliseconds(wait * (0.5 + (0.5 * _random.NextDouble())));
    }

    /// <summary>Sets the peer's timer by all that it waits for, or forgets a peer that nothing is left of.</summary>
    private void Plan(LinkPeer peer, in Moment now)
    {
        TimeSpan? due = peer.ReachUntil;
        foreach (ControlLink link in peer.Links)
        {
            due = Earlier(due, link.Ends(_options));
        }
        due = Earlier(due, peer.NextAddressAt);
        if (MayAttempt(peer))
        {
            due = Earlier(due, peer.RetryAt);
        }
        if (IsIdle(peer))
        {
            due = Earlier(due, peer.NeededUntil);
        }
        // What was due while others' turn came is due now.
        _timers.Set(peer, due < now.Elapsed ? now.Elapsed : due);
        if (due is null && IsBygone(peer))
        {
            Remember(peer);
        }
    }

    private static TimeSpan? Earlier(TimeSpan? a, TimeSpan? b) => a <= b || b is null ? a : b;

    private static bool IsBygone(LinkPeer peer) =>
        peer is { Place: < 0, Links.Count: 0, Dials: 0, IsAttempting: false, IsWaiting: false, HasHint: false }
        && !peer.Addresses.Exists(static a => a.IsSeed);

    /// <summary>Peers that are nothing but a failure are kept for <c>tore doctor</c>, so many of them.</summary>
    private void Remember(LinkPeer peer)
    {
        if (!peer.Addresses.Exists(static a => a.Failure is not null))
        {
            if (!peer.IsRemembered)
            {
                _peers.Remove(peer.Node);
            }
            return;
        }
        if (!peer.IsRemembered)
        {
            peer.IsRemembered = true;
            _remembered.Enqueue(peer);
        }
        while (_remembered.Count > Limits.KnownAddresses)
        {
            LinkPeer oldest = _remembered.Dequeue();
            oldest.IsRemembered = false;
            if (IsBygone(oldest))
            {
                _peers.Remove(oldest.Node);
                ContactsVersion++;
            }
        }
    }

    /// <summary>For whom an address is being dialled; nobody in particular for a seed.</summary>
    private readonly record struct Dial(DialAddress Address, LinkPeer? Peer);
}
