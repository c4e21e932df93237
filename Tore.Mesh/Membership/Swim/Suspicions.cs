using Tore.Mesh.Primitives;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Membership.Swim;

/// <summary>
/// From the first accusation to the verdict. A member is dead here when
/// <list type="number">
/// <item>its suspicion has lasted long enough without a newer record of it, and</item>
/// <item>this node's own direct probe, made meanwhile, was not answered: hearsay alone kills nobody.</item>
/// </list>
/// </summary>
internal sealed class Suspicions
{
    private readonly MembershipContext _context;
    private readonly GossipQueue _queue;
    private readonly Pings _pings;
    private readonly Burials _burials;

    /// <summary>Makes the rules.</summary>
    public Suspicions(MembershipContext context, GossipQueue queue, Pings pings, Burials burials)
    {
        _context = context;
        _queue = queue;
        _pings = pings;
        _burials = burials;
    }

    /// <summary>Somebody, or this node, says that a living member does not answer.</summary>
    public void Accuse(Member member, NodeId accuser)
    {
        if (member.Suspicion is not { } suspicion)
        {
            suspicion = new Suspicion(_context.Options, accuser, _context.Table.Living, _context.Clock.Now, _context.Random);
            member.Suspicion = suspicion;
            _context.Counts.Suspicions++;
            _context.Table.SetState(member, MemberState.Suspect, _context.Clock.Moment, _context.Clock.Now);
            _context.Effects.MemberChanged(member.Id);
        }
        else if (!suspicion.Confirm(accuser))
        {
            return;
        }
        _queue.Add(MemberUpdate.Suspect(member.Id, member.Incarnation, accuser));
        SetTimers(member, suspicion);
    }

    /// <summary>Tells a suspect that it is one, over its link: it refutes at once.</summary>
    public void Tell(Member member)
    {
        if (_context.Options.BuddyRefutation && member.IsLinked && member.Accusation(_context.Self) is { } accusation)
        {
            _context.Effects.TrySend(member.Id, new Gossip([accusation]));
        }
    }

    /// <summary>A member answered what this node asked it at a time: that ends a suspicion that is not younger, for this node.</summary>
    public void OnAnswered(Member member, TimeSpan askedAt)
    {
        if (_context.Options.OwnProbe && member.Suspicion is { } suspicion && askedAt >= suspicion.BeganAt)
        {
            End(member);
            _context.Counts.SuspicionsAnswered++;
            _context.Table.SetState(member, MemberState.Alive, _context.Clock.Moment, _context.Clock.Now);
            _context.Effects.MemberChanged(member.Id);
        }
    }

    /// <summary>Drops the suspicion: the member gave a newer record, or its state is final.</summary>
    public void End(Member member)
    {
        if (member.Suspicion is { } suspicion)
        {
            _pings.Forget(suspicion.ProbeSequence);
            member.Suspicion = null;
        }
    }

    /// <summary>The moment of this node's own probe has come.</summary>
    public void OnProbeTimer(Member member, Suspicion suspicion)
    {
        suspicion.ProbeToken = 0;
        if (member.IsLinked)
        {
            suspicion.ProbeSequence = _pings.NewSequence();
            suspicion.ProbeFailsAt = _context.Clock.Now + _context.ProbeTimeout;
            _pings.Send(suspicion.ProbeSequence, member, PingPurpose.Own);
            return;
        }
        suspicion.AwaitsLink = true;
        suspicion.ProbeFailsAt = _context.Clock.Now + _context.ProbeInterval + _context.ProbeTimeout;
        _context.Effects.Reach(member.Id);
    }

    /// <summary>A suspect could not be dialled: that is an own probe that failed.</summary>
    public void OnUnreachable(Member member)
    {
        if (member.Suspicion is { AwaitsLink: true } suspicion)
        {
            suspicion.AwaitsLink = false;
            suspicion.ProbeFailsAt = _context.Clock.Now;
            SetEnd(member, suspicion);
        }
    }

    /// <summary>The suspicion has lasted long enough.</summary>
    public void OnEnd(Member member, Suspicion suspicion)
    {
        if (!_context.Options.OwnProbe)
        {
            Kill(member);
            return;
        }
        if (suspicion.ProbeFailsAt is null)
        {
            OnProbeTimer(member, suspicion);
        }
        if (suspicion.ProbeFailsAt > _context.Clock.Now)
        {
            SetEnd(member, suspicion);
            return;
        }
        Kill(member);
    }

    /// <summary>A member is dead here, and others are told.</summary>
    public void Kill(Member member)
    {
        End(member);
        _context.Counts.Deaths++;
        _burials.Bury(member, MemberState.Dead);
        _queue.Add(MemberUpdate.Dead(member.Id, member.Incarnation, _context.Self));
        _context.Effects.MemberChanged(member.Id);
    }

    private void SetTimers(Member member, Suspicion suspicion)
    {
        SetEnd(member, suspicion);
        if (_context.Options.OwnProbe && suspicion.ProbeFailsAt is null)
        {
            TimeSpan at = suspicion.ProbeAt(_context.ProbeTimeout);
            suspicion.ProbeToken = _context.Timers.Set(MemberTimerKind.OwnProbe, at, member);
        }
    }

    private void SetEnd(Member member, Suspicion suspicion)
    {
        TimeSpan end = suspicion.ProbeFailsAt is { } fails && fails > suspicion.EndsAt ? fails : suspicion.EndsAt;
        suspicion.EndToken = _context.Timers.Set(MemberTimerKind.SuspicionEnd, end, member);
    }
}
