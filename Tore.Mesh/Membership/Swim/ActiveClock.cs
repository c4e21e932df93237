using Tore.Mesh.Primitives;

namespace Tore.Mesh.Membership.Swim;

/// <summary>
/// The time during which this node ran. Where it stood still (a paused process, a machine asleep) it did not listen either, so what
/// it missed is taken out: all deadlines, which are on this clock, move with it.
/// </summary>
internal sealed class ActiveClock
{
    private TimeSpan _missed;

    /// <summary>The present, on this clock.</summary>
    public TimeSpan Now { get; private set; }

    /// <summary>The present, on the clocks of the machine.</summary>
    public Moment Moment { get; private set; }

    /// <summary>How often the node stood still.</summary>
    public uint Stalls { get; private set; }

    /// <summary>Takes the next reading.</summary>
    public void Advance(in Moment now)
    {
        Moment = now;
        Now = now.Elapsed - _missed;
    }

    /// <summary>Takes out what lies behind <paramref name="time"/>, at which something should have been done.</summary>
    public void MoveBackTo(TimeSpan time)
    {
        _missed += Now - time;
        Now = time;
        Stalls++;
    }

    /// <summary>A time of this clock on the machine's.</summary>
    public TimeSpan Elapsed(TimeSpan time) => time + _missed;
}
