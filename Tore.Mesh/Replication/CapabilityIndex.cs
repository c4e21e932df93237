using System.Buffers;
using Tore.Mesh.Identity;
using Tore.Mesh.Membership.Swim;
using Tore.Mesh.Primitives;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Replication;

/// <summary>
/// What every member can do, on every node: one signed record a member, the author's last one. Pure: a state machine without socket,
/// clock or chance of its own.
/// <list type="number">
/// <item>An author sends a change to its links at once (<see cref="CapabilityAuthor"/>).</item>
/// <item>Where not everybody links with everybody, whoever learns something new passes it on to some.</item>
/// <item>What got lost is found by comparing (<see cref="CapabilityExchange"/>).</item>
/// <item>A record lives as long as its member (<see cref="CapabilityTable"/>).</item>
/// </list>
/// </summary>
internal sealed class CapabilityIndex
{
    /// <summary>News is passed on to so many: each of a thousand then hears it but for some twenty, whom comparing tells.</summary>
    private const int RelayFanout = 4;

    private readonly ISigner _signer;
    private readonly ICapabilityEffects _effects;
    private readonly Random _random;
    private readonly CapabilityTable _table;
    private readonly CapabilityAuthor _author;
    private readonly CapabilityExchange _exchange;
    private readonly LinkedPeers _links = new();
    private bool _isStarted;

    /// <summary>An index that holds nothing and does nothing before <see cref="Start"/>.</summary>
    public CapabilityIndex(
        MembershipOptions options, MeshId mesh, ICapabilityEffects effects, ISigner signer, ISignatureVerifier verifier, Random random)
    {
        _signer = signer;
        _effects = effects;
        _random = random;
        _table = new CapabilityTable(mesh, verifier);
        _author = new CapabilityAuthor(signer.Id);
        _exchange = new CapabilityExchange(signer.Id, _table, _links, effects, options.PushPullInterval, random);
    }

    /// <summary>This node.</summary>
    public NodeId Self => _signer.Id;

    /// <summary>All records in one hash; equal replicas have equal ones.</summary>
    public Digest Digest => _table.Digest;

    /// <summary>Members, this node among them, whether or not their record is here.</summary>
    public int Members => _table.Members;

    /// <summary>How often an author was caught with two bodies under one stamp: two processes with its key.</summary>
    public long Clones => _table.Clones;

    /// <summary>Records that came without their author's signature.</summary>
    public long Forgeries => _table.Forgeries;

    /// <summary>Comparisons that this node began.</summary>
    public long Comparisons => _exchange.Comparisons;

    /// <summary>Models that this node's record leaves out because it would be too large.</summary>
    public int ModelsLeftOut => _author.ModelsLeftOut;

    /// <summary>When <see cref="OnTimer"/> is next due; null when nothing is to be done.</summary>
    public TimeSpan? NextDeadline
    {
        get
        {
            TimeSpan? next = _exchange.NextDeadline;
            if (_isStarted)
            {
                next = Earlier(next, _author.RecordDue);
                next = Earlier(next, _author.LoadDue(LoadInterval));
            }
            return next;
        }
    }

    /// <summary>What is held of a member; null for no member.</summary>
    public CapabilityEntry? Find(NodeId node) => _table.Entries.GetValueOrDefault(node);

    /// <summary>What a member can do and how busy it is; null until its record is here.</summary>
    public NodeInfo? InfoOf(NodeId node) => Find(node)?.Info;

    /// <summary>Begins to tell of this node and to compare.</summary>
    public void Start(in NodeInfo own, ulong incarnation, in Moment now)
    {
        _isStarted = true;
        _author.Incarnation = incarnation;
        _table.Add(Self, _signer.PublicKey.ToArray());
        _author.SetInfo(own, now.Elapsed);
        _exchange.Start(now.Elapsed);
        Publish(now.Elapsed);
    }

    /// <summary>This node says nothing more, and asks for nothing; what it holds stays.</summary>
    public void Stop()
    {
        _isStarted = false;
        _exchange.Stop();
    }

    /// <summary>What this node can do, or how busy it is, has changed.</summary>
    public void OnOwnChanged(in NodeInfo own, in Moment now)
    {
        _author.SetInfo(own, now.Elapsed);
        Publish(now.Elapsed);
    }

    /// <summary>This node stands elsewhere among the others.</summary>
    public void OnOwnMoved(in WireCoordinate coordinate, in Moment now)
    {
        _author.SetCoordinate(coordinate);
        Publish(now.Elapsed);
    }

    /// <summary>This node's incarnation rose. Nothing is told anew: what it said before is still so.</summary>
    public void OnOwnIncarnation(ulong incarnation) => _author.Incarnation = incarnation;

    /// <summary>A node is a living or suspected member; may be said again.</summary>
    public void OnMember(NodeId node, ReadOnlyMemory<byte> publicKey, in Moment now)
    {
        if (node == Self || !_table.Add(node, publicKey))
        {
            return;
        }
        foreach (CapabilityRecord record in _table.TakeAside(node, now.Elapsed))
        {
            if (_table.Accept(record, now.Elapsed) == RecordOutcome.Kept)
            {
                _effects.RecordChanged(node);
            }
        }
        if (_links.Find(node) is not null && InfoOf(node) is null)
        {
            // Held dead for a while, and its record was dropped; it sends its own only on new links.
            _effects.TrySend(node, new CapabilityRequest([node]));
        }
    }

    /// <summary>A member died or left: its record goes with it.</summary>
    public void OnMemberGone(NodeId node)
    {
        if (node != Self && _table.Remove(node))
        {
            _effects.RecordChanged(node);
        }
    }

    /// <summary>A control link stands with a peer that had none.</summary>
    public void OnLinked(NodeId peer, in Moment now)
    {
        if (!_isStarted || !_links.Add(peer))
        {
            return;
        }
        SendOwn(peer);
        _exchange.OnLinked(peer, now.Elapsed);
    }

    /// <summary>No control link is left with a peer.</summary>
    public void OnUnlinked(NodeId peer)
    {
        _links.Remove(peer);
        _exchange.OnUnlinked(peer);
    }

    /// <summary>Whether a message is one of this index's.</summary>
    public static bool Handles(MessageType type) => type
        is MessageType.CapabilityRecords or MessageType.CapabilityDigest or MessageType.CapabilitySummary or MessageType.CapabilityRequest;

    /// <summary>
    /// A message came in. Throws <c>wire_malformed</c> or <c>wire_limit</c> for one that no honest peer sends; genuine records that
    /// stood before the bad one are kept.
    /// </summary>
    public void OnFrame(NodeId from, MessageType type, in ReadOnlySequence<byte> body, in Moment now)
    {
        LinkedPeer? peer = _links.Find(from);
        switch (type)
        {
            case MessageType.CapabilityRecords:
                OnRecords(from, WireMessage.Read<CapabilityRecords>(body), now.Elapsed);
                break;
            case MessageType.CapabilityDigest when peer is not null:
                _exchange.OnDigest(peer, WireMessage.Read<CapabilityDigest>(body), now.Elapsed);
                break;
            case MessageType.CapabilitySummary when peer is not null:
                _exchange.OnSummary(peer, WireMessage.Read<CapabilitySummary>(body), now.Elapsed);
                break;
            case MessageType.CapabilityRequest when peer is not null:
                _exchange.OnRequest(peer, WireMessage.Read<CapabilityRequest>(body));
                break;
            default:
                break;
        }
    }

    /// <summary>Does what is due.</summary>
    public void OnTimer(in Moment now)
    {
        Publish(now.Elapsed);
        _exchange.OnTimer(now.Elapsed);
    }

    private TimeSpan LoadInterval => CapabilityAuthor.LoadInterval * Math.Max(1, (double)_table.Members / Limits.ControlPeers);

    private static TimeSpan? Earlier(TimeSpan? one, TimeSpan? other) => other is null || one < other ? one : other;

    private void OnRecords(NodeId from, in CapabilityRecords message, TimeSpan now)
    {
        List<CapabilityRecord> news = [];
        List<LoadRecord> loads = [];
        bool isAnswer = false;
        foreach (CapabilityRecord record in message.Records)
        {
            RecordOutcome outcome = _table.Accept(record, now);
            ThrowIfForged(outcome, record.Node);
            isAnswer |= _exchange.Take(record.Node, now);
            if (outcome == RecordOutcome.Kept)
            {
                OnKept(record, now);
                news.Add(record);
            }
            else if (outcome == RecordOutcome.Older && record.Node == from)
            {
                // It has forgotten what it said before its restart: it is shown, and goes above it.
                _effects.TrySend(from, new CapabilityRecords([_table.Entries[from].Record!], []));
            }
        }
        foreach (LoadRecord load in message.Loads)
        {
            RecordOutcome outcome = _table.Accept(load, now);
            ThrowIfForged(outcome, load.Node);
            if (outcome == RecordOutcome.Kept)
            {
                loads.Add(load);
                _effects.RecordChanged(load.Node);
            }
        }
        if (isAnswer)
        {
            // No news: others have had it for a while.
            _exchange.Continue(now);
        }
        else
        {
            Relay(from, news, loads);
        }
    }

    private void OnKept(CapabilityRecord record, TimeSpan now)
    {
        if (record.Node == Self)
        {
            _author.Beaten(record.Stamp, now);
            Publish(now);
        }
        _effects.RecordChanged(record.Node);
    }

    private static void ThrowIfForged(RecordOutcome outcome, NodeId node)
    {
        if (outcome == RecordOutcome.Forged)
        {
            // An honest peer has checked what it passes on.
            throw new ToreException(
                ErrorCodes.WireMalformed, $"A record under the name of {node} was not signed by that node for this mesh.");
        }
    }

    private void Relay(NodeId from, List<CapabilityRecord> records, List<LoadRecord> loads)
    {
        if (_table.Members <= Limits.ControlPeers || (records.Count == 0 && loads.Count == 0))
        {
            return;
        }
        foreach (LinkedPeer peer in _links.Draw(RelayFanout, from, _random))
        {
            _effects.TrySend(peer.Id, new CapabilityRecords(records, loads));
        }
    }

    /// <summary>Tells what is due to be told.</summary>
    private void Publish(TimeSpan now)
    {
        if (!_isStarted)
        {
            return;
        }
        bool hasRecord = _author.RecordDue <= now, hasLoad = _author.LoadDue(LoadInterval) <= now;
        if (!hasRecord && !hasLoad)
        {
            return;
        }
        CapabilityRecord[] records = [];
        LoadRecord[] loads = [];
        if (hasRecord)
        {
            records = [_table.Sign(_signer, _author.WriteRecord(now))];
            _table.PutOwn(records[0]);
            hasLoad |= _author.NeedsLoad;
        }
        if (hasLoad)
        {
            loads = [_table.SignLoad(_signer, _author.WriteLoad(now))];
            _table.PutOwn(loads[0]);
        }
        _effects.RecordChanged(Self);
        for (int i = 0; i < _links.Count; i++)
        {
            _effects.TrySend(_links[i].Id, new CapabilityRecords(records, loads));
        }
    }

    private void SendOwn(NodeId peer)
    {
        CapabilityEntry own = _table.Entries[Self];
        if (own.Record is { } record)
        {
            _effects.TrySend(peer, new CapabilityRecords([record], own.Load is { } load ? [load] : []));
        }
    }
}
