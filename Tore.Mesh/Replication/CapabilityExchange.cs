using Tore.Mesh.Primitives;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Replication;

/// <summary>
/// Anti-entropy: brings two replicas together whatever got lost.
/// <code>
/// this node                       a linked peer, drawn each interval, and each newly linked one
///   digest   -------------------->  equal: nothing follows
///            &lt;--------------------  summary: which records it holds
///   request  -------------------->  what it has better, a batch at a time
///            &lt;--------------------  records
///   offer    -------------------->  what it lacks; it asks for that in the same way
/// </code>
/// At most one pull of either direction runs at once; whoever wants more of this node at that time finds it at the next interval. So a
/// liar can waste one round, and not keep honest replicas apart.
/// </summary>
internal sealed class CapabilityExchange
{
    /// <summary>A new link is compared only then: authors send their own record on it at once, which is all in most meshes.</summary>
    public static readonly TimeSpan NewLinkWait = TimeSpan.FromSeconds(0.5);

    /// <summary>Between two comparisons, however many links are new.</summary>
    public static readonly TimeSpan Gap = TimeSpan.FromMilliseconds(200);

    /// <summary>A summary that was not sent within this after its digest, or an offer after its summary, is no answer.</summary>
    private static readonly TimeSpan AnswerMost = TimeSpan.FromSeconds(5);

    /// <summary>No peer is sent summaries more often, whatever it asks for.</summary>
    private static readonly TimeSpan SummaryInterval = TimeSpan.FromSeconds(1);

    private static readonly NodeId Lowest = new(Guid.Empty);
    private static readonly NodeId Highest = new(Guid.AllBitsSet);

    private readonly NodeId _self;
    private readonly CapabilityTable _table;
    private readonly LinkedPeers _links;
    private readonly ICapabilityEffects _effects;
    private readonly TimeSpan _interval;
    private readonly Random _random;
    private readonly Queue<(NodeId Peer, TimeSpan At)> _new = new();
    private RecordPull? _own;
    private RecordPull? _offered;
    private TimeSpan? _nextAt;
    private TimeSpan _gapEndsAt;

    /// <summary>Compares nothing before <see cref="Start"/>.</summary>
    public CapabilityExchange(
        NodeId self, CapabilityTable table, LinkedPeers links, ICapabilityEffects effects, TimeSpan interval, Random random)
    {
        _self = self;
        _table = table;
        _links = links;
        _effects = effects;
        _interval = interval;
        _random = random;
    }

    /// <summary>Comparisons begun here.</summary>
    public long Comparisons { get; private set; }

    /// <summary>When <see cref="OnTimer"/> is next due.</summary>
    public TimeSpan? NextDeadline
    {
        get
        {
            TimeSpan? next = Earlier(_own?.Deadline, _offered?.Deadline);
            if (_own is null)
            {
                next = Earlier(next, _nextAt);
                if (_new.TryPeek(out (NodeId, TimeSpan At) first))
                {
                    next = Earlier(next, first.At > _gapEndsAt ? first.At : _gapEndsAt);
                }
            }
            return next;
        }
    }

    /// <summary>Begins; not all nodes at one moment.</summary>
    public void Start(TimeSpan now) => _nextAt = now + (_interval * _random.NextDouble());

    /// <summary>Ends.</summary>
    public void Stop() => (_nextAt, _own, _offered) = (null, null, null);

    /// <summary>A link stands with a peer that had none. The one with the lower id compares: once is enough.</summary>
    public void OnLinked(NodeId peer, TimeSpan now)
    {
        if (_self < peer && _nextAt is not null)
        {
            _new.Enqueue((peer, now + NewLinkWait));
        }
    }

    /// <summary>No link is left with a peer.</summary>
    public void OnUnlinked(NodeId peer)
    {
        _own = _own?.Peer == peer ? null : _own;
        _offered = _offered?.Peer == peer ? null : _offered;
    }

    /// <summary>Gives up pulls that stand still, and compares with whom it is time to.</summary>
    public void OnTimer(TimeSpan now)
    {
        _own = _own?.Deadline <= now ? null : _own;
        _offered = _offered?.Deadline <= now ? null : _offered;
        if (_own is not null)
        {
            return;
        }
        if (_nextAt <= now)
        {
            _nextAt = now + _interval;
            if (_links.Count > 0)
            {
                Compare(_links[_random.Next(_links.Count)], now);
            }
        }
        while (_gapEndsAt <= now && _new.TryPeek(out (NodeId Peer, TimeSpan At) first) && first.At <= now)
        {
            _new.Dequeue();
            if (_links.Find(first.Peer) is { } peer)
            {
                Compare(peer, now);
            }
        }
    }

    /// <summary>A peer wants to know whether it has all there is.</summary>
    public void OnDigest(LinkedPeer from, in CapabilityDigest message, TimeSpan now)
    {
        // Whoever is catching up itself has nothing to teach.
        if (_own is not null || message.Digest == _table.Digest || from.SummarySentAt + SummaryInterval > now)
        {
            return;
        }
        List<CapabilityStamp> all = [];
        foreach ((NodeId node, CapabilityEntry entry) in _table.Entries)
        {
            if (entry.Record is { } record)
            {
                all.Add(new CapabilityStamp(node, record.Stamp, record.Hash));
            }
        }
        from.SummarySentAt = now;
        SendSummary(from.Id, isOffer: false, Lowest, Highest, all);
    }

    /// <summary>A peer says what it has.</summary>
    public void OnSummary(LinkedPeer from, in CapabilitySummary message, TimeSpan now)
    {
        ref RecordPull? pull = ref message.IsOffer ? ref _offered : ref _own;
        bool isExpected = message.IsOffer
            ? from.SummarySentAt + AnswerMost > now
            : from.DigestSentAt + AnswerMost > now && message.After == from.ReadUpTo;
        if (!isExpected || (pull is not null && pull.Peer != from.Id))
        {
            return;
        }
        var wanted = pull ?? new RecordPull(from.Id);
        foreach (CapabilityStamp entry in message.Entries)
        {
            if (_table.IsBetter(entry))
            {
                wanted.Want(entry.Node);
            }
        }
        pull = wanted;
        Continue(ref pull, now);
        if (!message.IsOffer)
        {
            from.ReadUpTo = message.Last;
            from.DigestSentAt = message.Last == Highest ? null : from.DigestSentAt;
            SendSummary(from.Id, isOffer: true, message.After, message.Last, BetterHere(message));
        }
    }

    /// <summary>A peer asks for records.</summary>
    public void OnRequest(LinkedPeer from, in CapabilityRequest message)
    {
        List<CapabilityRecord> records = [];
        List<LoadRecord> loads = [];
        int bytes = 0;
        foreach (NodeId node in message.Nodes)
        {
            if (!_table.Entries.TryGetValue(node, out CapabilityEntry? entry) || entry.Record is not { } record)
            {
                continue;
            }
            int size = record.Signed.Size + (entry.Load?.Signed.Size ?? 0);
            if (bytes + size > Limits.CapabilityMessageBytes)
            {
                if (!_effects.TrySend(from.Id, new CapabilityRecords(records, loads)))
                {
                    return;
                }
                (records, loads, bytes) = ([], [], 0);
            }
            records.Add(record);
            bytes += size;
            if (entry.Load is { } load)
            {
                loads.Add(load);
            }
        }
        if (records.Count > 0)
        {
            _effects.TrySend(from.Id, new CapabilityRecords(records, loads));
        }
    }

    /// <summary>A record has come, from whomever. True when it was asked for: then it is no news to pass on.</summary>
    public bool Take(NodeId node, TimeSpan now) => (_own?.Take(node, now) ?? false) | (_offered?.Take(node, now) ?? false);

    /// <summary>Asks for the next batches, now that records have come.</summary>
    public void Continue(TimeSpan now)
    {
        Continue(ref _own, now);
        Continue(ref _offered, now);
    }

    private static TimeSpan? Earlier(TimeSpan? one, TimeSpan? other) => other is null || one < other ? one : other;

    private void Continue(ref RecordPull? pull, TimeSpan now)
    {
        if (pull is null)
        {
            return;
        }
        if (pull.Next(now) is { } request && !_effects.TrySend(pull.Peer, request))
        {
            pull = null;
        }
        else if (pull.IsDone)
        {
            pull = null;
        }
    }

    private void Compare(LinkedPeer peer, TimeSpan now)
    {
        if (_effects.TrySend(peer.Id, new CapabilityDigest(_table.Digest)))
        {
            Comparisons++;
            (peer.DigestSentAt, peer.ReadUpTo) = (now, Lowest);
            _gapEndsAt = now + Gap;
        }
    }

    /// <summary>What is here and beats, or is missing from, what a peer listed within its range.</summary>
    private List<CapabilityStamp> BetterHere(in CapabilitySummary message)
    {
        List<CapabilityStamp> better = [];
        int at = 0;
        foreach ((NodeId node, CapabilityEntry entry) in _table.Entries)
        {
            if (entry.Record is not { } record || node <= message.After || node > message.Last)
            {
                continue;
            }
            while (at < message.Entries.Count && message.Entries[at].Node < node)
            {
                at++;
            }
            bool isListed = at < message.Entries.Count && message.Entries[at].Node == node;
            if (!isListed || CapabilityTable.IsBetter(record, message.Entries[at]))
            {
                better.Add(new CapabilityStamp(node, record.Stamp, record.Hash));
            }
        }
        return better;
    }

    /// <summary>Sends a summary in as many messages as it takes; each says which range of ids it is complete for.</summary>
    private void SendSummary(NodeId to, bool isOffer, NodeId after, NodeId last, List<CapabilityStamp> entries)
    {
        if (isOffer && entries.Count == 0)
        {
            return;
        }
        int at = 0;
        do
        {
            int count = Math.Min(Limits.CapabilitySummaryEntries, entries.Count - at);
            List<CapabilityStamp> part = entries.GetRange(at, count);
            at += count;
            NodeId end = at == entries.Count ? last : part[^1].Node;
            if (!_effects.TrySend(to, new CapabilitySummary(isOffer, after, end, part)))
            {
                return;
            }
            after = end;
        }
        while (at < entries.Count);
    }
}
