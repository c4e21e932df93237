using Tore.Mesh.Primitives;

namespace Tore.Mesh.Membership.Swim;

/// <summary>Tombstones in time: set, bounded, ended, and the dead dialled one by one, since that is how a partition heals.</summary>
internal sealed class Burials
{
    private readonly MembershipContext _context;
    private readonly GossipQueue _queue;
    private readonly Pings _pings;
    private ulong _dial;
    private ulong _end;

    /// <summary>Makes the undertaker of one table.</summary>
    public Burials(MembershipContext context, GossipQueue queue, Pings pings)
    {
        _context = context;
        _queue = queue;
        _pings = pings;
    }

    /// <summary>A member is dead or has left.</summary>
    public void Bury(Member member, MemberState state)
    {
        _context.Table.SetState(member, state, _context.Clock.Moment, _context.Clock.Now);
        Tombstones stones = _context.Table.Tombstones;
        if (stones.Count > Limits.Tombstones)
        {
            Forget(stones.Oldest!);
        }
        if (_end == 0)
        {
            _end = _context.Timers.Set(MemberTimerKind.Tombstone, _context.Clock.Now + _context.Options.TombstoneLife);
        }
        if (_dial == 0 && stones.DeadCount > 0)
        {
            TimeSpan first = _context.Part(_context.Options.DeadDialInterval);
            _dial = _context.Timers.Set(MemberTimerKind.DeadDial, _context.Clock.Now + first);
        }
    }

    /// <summary>Forgets a member: nothing is known of it any more.</summary>
    public void Forget(Member member)
    {
        _context.Table.Forget(member);
        _queue.Forget(member.Id);
        _pings.Coordinate.Forget(member.Id);
        _pings.MeshClock.Forget(member.Id);
        _context.Effects.MemberChanged(member.Id);
    }

    /// <summary>Dials one of the dead.</summary>
    public void OnDialTimer()
    {
        _dial = 0;
        Tombstones stones = _context.Table.Tombstones;
        if (stones.DeadCount > 0)
        {
            Member dead = stones.DrawDead(_context.Random);
            if (!dead.IsLinked)
            {
                _context.Effects.Reach(dead.Id);
            }
            _dial = _context.Timers.Set(MemberTimerKind.DeadDial, _context.Clock.Now + _context.Options.DeadDialInterval);
        }
    }

    /// <summary>Forgets those whose time is over.</summary>
    public void OnEndTimer()
    {
        _end = 0;
        while (_context.Table.Tombstones.Oldest is { } oldest)
        {
            TimeSpan end = oldest.BuriedAt + _context.Options.TombstoneLife;
            if (end > _context.Clock.Now)
            {
                _end = _context.Timers.Set(MemberTimerKind.Tombstone, end);
                return;
            }
            Forget(oldest);
        }
    }
}
