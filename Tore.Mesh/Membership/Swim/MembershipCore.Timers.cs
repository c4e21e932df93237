using Tore.Mesh.Primitives;

namespace Tore.Mesh.Membership.Swim;

/// <content>What is due.</content>
internal sealed partial class MembershipCore
{
    /// <summary>Does what is due.</summary>
    public void OnTimer(in Moment now)
    {
        if (!Enter(now))
        {
            return;
        }
        while (_context.Timers.TryTake(_context.Clock.Now, out MemberTimer timer))
        {
            Do(timer);
        }
    }

    private void Do(in MemberTimer timer)
    {
        switch (timer.Kind)
        {
            case MemberTimerKind.Probe:
                _prober.OnTimer();
                break;
            case MemberTimerKind.ProbeTimeout:
                _prober.OnTimeout((uint)timer.Token);
                break;
            case MemberTimerKind.ProbeEnd:
                _prober.OnEnd((uint)timer.Token);
                break;
            case MemberTimerKind.RelayEnd:
                _relays.Answer((uint)timer.Token, answered: false);
                break;
            case MemberTimerKind.OwnProbe:
                _suspicions.OnProbeTimer(timer.Member!, timer.Member!.Suspicion!);
                break;
            case MemberTimerKind.SuspicionEnd:
                EndSuspicion(timer.Member!);
                break;
            case MemberTimerKind.Gossip:
                _queue.OnTimer();
                break;
            case MemberTimerKind.PushPull:
                _push.OnTimer();
                break;
            case MemberTimerKind.DeadDial:
                _burials.OnDialTimer();
                break;
            case MemberTimerKind.Tombstone:
                _burials.OnEndTimer();
                break;
            case MemberTimerKind.Raise:
                _own.OnRaiseTimer();
                break;
        }
    }

    private void EndSuspicion(Member member)
    {
        _suspicions.OnEnd(member, member.Suspicion!);
        if (!member.IsLiving)
        {
            _prober.Forget(member);
        }
    }

    /// <summary>Whether nobody waits for a timer any more.</summary>
    private bool IsStale(MemberTimer timer) => timer.Kind switch
    {
        MemberTimerKind.ProbeTimeout or MemberTimerKind.ProbeEnd => !_prober.IsUnderWay((uint)timer.Token),
        MemberTimerKind.RelayEnd => !_relays.IsUnderWay((uint)timer.Token),
        MemberTimerKind.OwnProbe => timer.Member!.Suspicion?.ProbeToken != timer.Token,
        MemberTimerKind.SuspicionEnd => timer.Member!.Suspicion?.EndToken != timer.Token,
        MemberTimerKind.PushPull => _push.TimerToken != timer.Token,
        MemberTimerKind.Raise => _own.RaiseToken != timer.Token,
        _ => false,
    };
}
