using Tore.Mesh.Membership.Swim;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Membership.Links;

/// <content>Which members to link with. In a large mesh each node chooses a few at random and replaces one now and then.</content>
internal sealed partial class LinkDirectory
{
    private readonly Ticker _redraw = new();
    private TimeSpan _redrawAt;
    private TimeSpan? _refillAt;
    private TimeSpan? _befriendAt;
    private TimeSpan? _relieveAt;

    /// <summary>Whether this node links with some of the members only.</summary>
    public bool IsSparse => _neighbourhood.IsSparse;

    /// <summary>
    /// The member table changed: the node is there (alive or suspect), perhaps at other addresses than before, or it is not.
    /// The links of a member that died are closed; one that comes later (somebody saw it again) stays while it is needed.
    /// </summary>
    public void OnMember(NodeId node, bool isThere, in Moment now)
    {
        if (node == _self)
        {
            return;
        }
        bool was = PeerOf(node)?.IsMember ?? false;
        bool isTurn = isThere ? _neighbourhood.Add(node) : _neighbourhood.Remove(node);
        LinkPeer? peer = isThere && !_neighbourhood.IsSparse ? Known(node) : PeerOf(node);
        if (peer is not null)
        {
            peer.IsMember = isThere;
            if (isThere)
            {
                OnThere(peer, !was, now);
            }
            else if (was)
            {
                OnGone(peer, now);
            }
            Plan(peer, now);
        }
        if (isTurn)
        {
            Replan(now);
        }
        if (_neighbourhood.IsSparse && _neighbourhood.Chosen.Count < _options.ChosenNeighbours && _refillAt is null)
        {
            Refill(now);
        }
    }

    private void OnThere(LinkPeer peer, bool isNew, in Moment now)
    {
        if (peer.Current is null && !peer.IsAttempting)
        {
            if (Refresh(peer) || isNew)
            {
                peer.RetryAt = now.Elapsed + DialDelay(peer.Node);
                peer.Failures = 0;
            }
        }
    }

    private void OnGone(LinkPeer peer, in Moment now)
    {
        while (peer.Links.Count > 0)
        {
            End(peer.Links[^1], ErrorCodes.PeerUnreachable, "The peer is not a living member of the mesh any more.", now);
        }
        PlanSeeds(peer, now);
        // In case it was only thought dead: it will be heard of, or the membership core has it dialled.
        peer.RetryAt = now.Elapsed + _options.LastBackoff;
    }

    /// <summary>Whom to link with has changed altogether.</summary>
    private void Replan(in Moment now)
    {
        if (!_neighbourhood.IsSparse)
        {
            foreach (NodeId node in _neighbourhood.Members)
            {
                Known(node);
            }
        }
        foreach (LinkPeer peer in _peers.Values.ToArray())
        {
            if (peer.Current is null)
            {
                peer.RetryAt = now.Elapsed + DialDelay(peer.Node);
            }
            else
            {
                // Not all at once.
                peer.NeededUntil = now.Elapsed + (_options.IdleLimit * (1 + (2 * _random.NextDouble())));
            }
            Plan(peer, now);
        }
        _redrawAt = now.Elapsed + RedrawWait();
        Refill(now);
        // Others have to choose too, first.
        _befriendAt = now.Elapsed + Jittered(TimeSpan.FromSeconds(20));
        PlanRedraw();
    }

    /// <summary>Chooses until there are enough.</summary>
    private void Refill(in Moment now)
    {
        _refillAt = null;
        while (_neighbourhood.IsSparse && !_stopped && _neighbourhood.Chosen.Count < _options.ChosenNeighbours)
        {
            if (!ChooseOne(now))
            {
                _refillAt = now.Elapsed + Jittered(TimeSpan.FromSeconds(2));
                break;
            }
        }
        PlanRedraw();
    }

    /// <summary>Whoever came last is chosen by few, and news would reach it late: it chooses more itself, one at a time.</summary>
    private bool IsLonely => _neighbourhood.IsSparse && !_stopped
        && _linkedPeers < _options.LeastNeighbours && _neighbourhood.Chosen.Count < _options.LeastNeighbours;

    private bool ChooseOne(in Moment now)
    {
        TimeSpan time = now.Elapsed;
        bool IsFit(NodeId node) => _admits(node) && !(PeerOf(node) is { Failures: > 0, Current: null } failing && failing.RetryAt > time);
        if (_neighbourhood.Draw(IsFit) is not { } chosen)
        {
            return false;
        }
        LinkPeer peer = Known(chosen);
        if (peer.Current is null)
        {
            peer.RetryAt = now.Elapsed;
        }
        else if (peer.IsLinked)
        {
            OnNeighbourLinked(peer, now);
        }
        Plan(peer, now);
        return true;
    }

    private void OnRedrawDue(in Moment now)
    {
        if (_refillAt <= now.Elapsed)
        {
            Refill(now);
        }
        if (_redrawAt <= now.Elapsed)
        {
            _redrawAt = now.Elapsed + RedrawWait();
            if (_neighbourhood.IsSparse && _neighbourhood.Chosen.Count >= _options.ChosenNeighbours)
            {
                ChooseOne(now);
            }
            _befriendAt ??= now.Elapsed + Jittered(TimeSpan.FromSeconds(20));
        }
        if (_befriendAt <= now.Elapsed)
        {
            _befriendAt = null;
            if (IsLonely && ChooseOne(now))
            {
                _befriendAt = now.Elapsed + Jittered(TimeSpan.FromSeconds(2));
            }
        }
        if (_relieveAt <= now.Elapsed)
        {
            _relieveAt = null;
            if (IsCrowded)
            {
                MakeRoom(now);
                PlanRelief(now);
            }
        }
        PlanRedraw();
    }

    private bool IsCrowded => _neighbourhood.IsSparse && _linkedPeers > _options.MostNeighbours;

    private void PlanRelief(in Moment now)
    {
        if (_relieveAt is null && IsCrowded)
        {
            _relieveAt = now.Elapsed + Jittered(TimeSpan.FromSeconds(1.5));
            PlanRedraw();
        }
    }

    /// <summary>More than enough are linked: the longest choices are taken back.</summary>
    private void OnNeighbourLinked(LinkPeer peer, in Moment now)
    {
        if (!_neighbourhood.IsChosen(peer.Node))
        {
            return;
        }
        for (int surplus = 2; surplus > 0 && _linkedPeers > _options.LeastNeighbours
            && _neighbourhood.Chosen.Count > _options.ChosenNeighbours; surplus--)
        {
            NodeId oldest = _neighbourhood.Chosen[0];
            _neighbourhood.Drop(oldest);
            if (PeerOf(oldest) is { } dropped)
            {
                Plan(dropped, now);
            }
        }
    }

    /// <summary>A chosen neighbour cannot be linked: another takes its place, soon.</summary>
    private void OnNeighbourLost(LinkPeer peer, in Moment now)
    {
        if (_neighbourhood.Drop(peer.Node) && _neighbourhood.Chosen.Count < _options.ChosenNeighbours && _refillAt is null)
        {
            _refillAt = now.Elapsed + Jittered(TimeSpan.FromSeconds(1));
            PlanRedraw();
        }
    }

    private TimeSpan RedrawWait() => _options.RedrawInterval * (0.5 + _random.NextDouble());

    private void PlanRedraw() => _timers.Set(_redraw, _neighbourhood.IsSparse && !_stopped
        ? Earlier(Earlier(_redrawAt, _befriendAt), Earlier(_refillAt, _relieveAt))
        : null);

    private sealed class Ticker : Timed;
}
