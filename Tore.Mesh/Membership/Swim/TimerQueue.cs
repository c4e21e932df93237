namespace Tore.Mesh.Membership.Swim;

/// <summary>All timers of a core, the earliest first; of equal ones the one that was set first.</summary>
internal sealed class TimerQueue
{
    private readonly PriorityQueue<MemberTimer, (TimeSpan Due, ulong Order)> _timers = new();
    private readonly ActiveClock _clock;
    private readonly Predicate<MemberTimer> _isStale;
    private ulong _order;

    /// <summary>Makes a queue that drops what <paramref name="isStale"/> says nobody waits for.</summary>
    public TimerQueue(ActiveClock clock, Predicate<MemberTimer> isStale)
    {
        _clock = clock;
        _isStale = isStale;
    }

    /// <summary>When the first timer is due; null without.</summary>
    public TimeSpan? Next
    {
        get
        {
            while (_timers.TryPeek(out MemberTimer timer, out (TimeSpan Due, ulong) at))
            {
                if (!_isStale(timer))
                {
                    return at.Due;
                }
                _timers.Dequeue();
            }
            return null;
        }
    }

    /// <summary>
    /// Sets a timer, never before the present: a timer that is late is a sign that the node stood still. Its token, where it was given
    /// none, is new.
    /// </summary>
    public ulong Set(MemberTimerKind kind, TimeSpan due, Member? member = null, ulong? token = null)
    {
        _order++;
        _timers.Enqueue(new MemberTimer(kind, member, token ?? _order), (due > _clock.Now ? due : _clock.Now, _order));
        return token ?? _order;
    }

    /// <summary>Takes the first timer if it is due.</summary>
    public bool TryTake(TimeSpan now, out MemberTimer timer)
    {
        if (Next is { } due && due <= now)
        {
            timer = _timers.Dequeue();
            return true;
        }
        timer = default;
        return false;
    }

    /// <summary>Drops all of them.</summary>
    public void Clear() => _timers.Clear();
}
