using Tore.Mesh.Primitives;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Membership.Swim;

/// <summary>
/// Merges what peers say into the table. Records: the higher incarnation wins; at equal ones left &gt; dead &gt; suspect &gt; alive.
/// Hearsay counts only against the incarnation that a record here proves. Whoever says something that is overtaken here is shown
/// what overtook it, so that amnesia, old backups and late rumours end where they arrive.
/// </summary>
internal sealed class Rumours
{
    /// <summary>How many members are looked at for one that may make room.</summary>
    private const int RoomTries = 64;

    private readonly MembershipContext _context;
    private readonly RecordJudge _judge;
    private readonly GossipQueue _queue;
    private readonly OwnMember _own;
    private readonly Suspicions _suspicions;
    private readonly Prober _prober;
    private readonly Burials _burials;
    private readonly List<MemberUpdate> _replies = [];
    private int _replyBytes;

    /// <summary>Whose news is being taken; null for what came with a link, or from nobody.</summary>
    private Member? _sender;

    /// <summary>Whether it came with a link, whose other end proved that it is there.</summary>
    private bool _isIntroduction;

    /// <summary>Makes the rules of merging.</summary>
    public Rumours(MembershipContext context, RecordJudge judge, GossipQueue queue, OwnMember own,
        Suspicions suspicions, Prober prober, Burials burials)
    {
        _context = context;
        _judge = judge;
        _queue = queue;
        _own = own;
        _suspicions = suspicions;
        _prober = prober;
        _burials = burials;
    }

    /// <summary>
    /// Takes news from a peer. In a push-pull (<paramref name="isPush"/>) the accused are told at once, since they may be unable to
    /// hear it from those who accuse them. Throws <c>wire_malformed</c> for a record whose signature is bad: honest nodes check what they
    /// pass on. What stood before it counts.
    /// </summary>
    public void OnUpdates(Member from, IReadOnlyList<MemberUpdate> updates, bool isPush)
    {
        NodeId? forged = null;
        _sender = from;
        for (int i = 0; i < updates.Count && forged is null; i++)
        {
            MemberUpdate update = updates[i];
            if (update.Record is not { } record)
            {
                OnAccusation(from, update, isPush);
            }
            else if (!OnRecord(record))
            {
                forged = record.Node;
            }
        }
        _sender = null;
        SendReplies(from);
        if (forged is { } node)
        {
            throw new ToreException(
                ErrorCodes.WireMalformed, $"A record under the name of {node} does not bear its signature for this mesh.");
        }
    }

    /// <summary>A peer introduces itself over a new link. False where the record is not its own, or is not taken in.</summary>
    public bool OnIntroduction(NodeId peer, MemberRecord record)
    {
        _isIntroduction = true;
        bool isTaken = record.Node == peer && _judge.Admits(peer) && OnRecord(record);
        _isIntroduction = false;
        if (!isTaken || !_context.Table.TryGet(peer, out Member? member))
        {
            _replies.Clear();
            _replyBytes = 0;
            return false;
        }
        _context.Table.SetLinked(member, linked: true);
        SendReplies(member);
        return true;
    }

    /// <summary>
    /// Takes a record that no peer's news brought. A newcomer's is not spread: what an earlier start of this node stored may be long
    /// forgotten by everybody else.
    /// </summary>
    public void OnHeard(MemberRecord record)
    {
        bool isKnown = _context.Table.TryGet(record.Node, out _);
        OnRecord(record);
        if (!isKnown)
        {
            _queue.Forget(record.Node);
        }
        _replies.Clear();
        _replyBytes = 0;
    }

    /// <summary>Merges a record; false where its signature is bad.</summary>
    private bool OnRecord(MemberRecord record)
    {
        if (record.Node == _context.Self)
        {
            return OnOwnRecord(record);
        }
        if (!_context.Table.TryGet(record.Node, out Member? member))
        {
            return OnNewcomer(record);
        }
        int newer = Compare(record, member.Record);
        bool revives = record.Incarnation > member.Incarnation || record.Leaves;
        if (newer <= 0 || (member.State == MemberState.Dead && !revives))
        {
            ReplyTo(member, isOlder: newer < 0);
            return true;
        }
        if (!member.Renewals.HasAny(_context.Clock.Now))
        {
            _context.Counts.TooManyRecords++;
            return true;
        }
        if (!MayCheck())
        {
            return true;
        }
        if (!_judge.IsGood(record))
        {
            return false;
        }
        // Only its own word uses a member's allowance up.
        member.Renewals.Take();
        Renew(member, record);
        return true;
    }

    /// <summary>
    /// The order of a node's own words. Two of one incarnation are from a start that lost its memory; any order will do if all have the
    /// same, until the node hears of it and overrules both.
    /// </summary>
    private static int Compare(MemberRecord a, MemberRecord b)
    {
        int order = a.Incarnation.CompareTo(b.Incarnation);
        order = order != 0 ? order : a.Leaves.CompareTo(b.Leaves);
        return order != 0 ? order : a.Start.CompareTo(b.Start);
    }

    private bool OnOwnRecord(MemberRecord record)
    {
        MemberRecord own = _own.Record;
        if (record.Incarnation < own.Incarnation)
        {
            Reply(MemberUpdate.Of(own));
        }
        else if ((record.Incarnation > own.Incarnation || record.Start != own.Start) && MayCheck())
        {
            if (!_judge.IsGood(record))
            {
                return false;
            }
            _own.OnContested(record);
        }
        return true;
    }

    private bool OnNewcomer(MemberRecord record)
    {
        if (!_judge.Admits(record.Node) || !HasRoom() || !MayCheck())
        {
            return true;
        }
        if (!_judge.IsGood(record))
        {
            return false;
        }
        Member member = _context.Table.Add(record, _context.Clock.Moment.Elapsed);
        if (record.Leaves)
        {
            _burials.Bury(member, MemberState.Left);
        }
        else
        {
            _prober.Order.Join(member);
        }
        _queue.Add(MemberUpdate.Of(record));
        _context.Effects.MemberChanged(member.Id);
        return true;
    }

    /// <summary>
    /// Whether there is time for another signature. Checking one costs more than sending it, and others wait meanwhile: what one sender
    /// brings beyond its allowance is passed over, and comes again when tables are compared.
    /// </summary>
    private bool MayCheck()
    {
        if (_sender is not { } sender)
        {
            return true;
        }
        if (sender.Checks.HasAny(_context.Clock.Now))
        {
            sender.Checks.Take();
            return true;
        }
        _context.Counts.TooManyRecords++;
        return false;
    }

    /// <summary>
    /// Whether one more living member is taken in. Anybody can make up members by the thousand; who stands at the other end of a link
    /// is none of those, and takes the place of one that was only heard of.
    /// </summary>
    private bool HasRoom()
    {
        IReadOnlyList<Member> living = _context.Table.LivingMembers;
        for (int tries = 0; _context.Table.IsFull; tries++)
        {
            if (!_isIntroduction || tries == RoomTries)
            {
                _context.Counts.TableFull++;
                return false;
            }
            Member member = living[_context.Random.Next(living.Count)];
            if (!member.IsLinked && member.RoundTrip is null)
            {
                _suspicions.End(member);
                _prober.Forget(member);
                _burials.Forget(member);
            }
        }
        return true;
    }

    private void Renew(Member member, MemberRecord record)
    {
        bool wasLiving = member.IsLiving;
        if (!wasLiving && !record.Leaves && !HasRoom())
        {
            return;
        }
        // Of two records of one incarnation the later start is kept, but whatever was said of that incarnation stands.
        bool isSameLife = record.Incarnation == member.Incarnation && !record.Leaves;
        _context.Table.Renew(member, record);
        if (!isSameLife)
        {
            _suspicions.End(member);
            if (record.Leaves)
            {
                _prober.Forget(member);
                _burials.Bury(member, MemberState.Left);
            }
            else
            {
                Revive(member, wasLiving);
            }
        }
        _queue.Add(MemberUpdate.Of(record));
        _context.Effects.MemberChanged(member.Id);
    }

    private void Revive(Member member, bool wasLiving)
    {
        _context.Counts.Revivals += member.State == MemberState.Dead ? 1 : 0;
        _context.Table.SetState(member, MemberState.Alive, _context.Clock.Moment, _context.Clock.Now);
        if (!wasLiving)
        {
            _prober.Order.Join(member);
        }
    }

    private void OnAccusation(Member from, in MemberUpdate claim, bool isPush)
    {
        if (claim.Node == _context.Self)
        {
            if (_own.OnAccused(claim.Incarnation))
            {
                Reply(MemberUpdate.Of(_own.Record));
            }
            return;
        }
        // This node knows best what it says itself; who brings word of its own death lives; and of a stranger, or of what no record
        // here proves, nothing can be said.
        if (claim.Accuser == _context.Self || claim.Node == from.Id
            || !_context.Table.TryGet(claim.Node, out Member? member) || !member.IsLiving || claim.Incarnation > member.Incarnation)
        {
            return;
        }
        if (claim.Incarnation < member.Incarnation)
        {
            Reply(MemberUpdate.Of(member.Record));
            return;
        }
        if (claim.Kind == MemberUpdateKind.Dead && !_context.Options.OwnProbe)
        {
            _suspicions.Kill(member);
            _prober.Forget(member);
            return;
        }
        bool wasAlive = member.State == MemberState.Alive;
        _suspicions.Accuse(member, AccuserOf(claim, from));
        if (wasAlive && (isPush || claim.Kind == MemberUpdateKind.Dead))
        {
            _suspicions.Tell(member);
        }
    }

    /// <summary>Who counts as accuser: a living member, or else whoever brings the rumour, since the link proves that one.</summary>
    private NodeId AccuserOf(in MemberUpdate claim, Member from) =>
        claim.Accuser != claim.Node && _context.Table.TryGet(claim.Accuser, out Member? accuser) && accuser.IsLiving
            ? claim.Accuser
            : from.Id;

    /// <summary>Shows what is held here to whoever showed something that is not newer.</summary>
    private void ReplyTo(Member held, bool isOlder)
    {
        if (isOlder)
        {
            Reply(MemberUpdate.Of(held.Record));
        }
        if (held.State == MemberState.Dead)
        {
            Reply(MemberUpdate.Dead(held.Id, held.Incarnation, _context.Self));
        }
    }

    private void Reply(in MemberUpdate update)
    {
        _replyBytes += update.BytesMax;
        if (_replyBytes <= Limits.GossipBytes)
        {
            _replies.Add(update);
        }
    }

    private void SendReplies(Member to)
    {
        if (_replies.Count > 0)
        {
            _context.Effects.TrySend(to.Id, new Gossip([.. _replies]));
            _replies.Clear();
        }
        _replyBytes = 0;
    }
}
