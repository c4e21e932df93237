using Tore.Mesh.Primitives;

namespace Tore.Mesh.Harness.Machines;

/// <summary>
/// The clocks of one machine. The monotonic one starts anywhere at each boot and runs a little fast or slow; the wall clock runs with it,
/// starts wrong, and may jump.
/// </summary>
internal sealed class MachineClock
{
    /// <summary>2026-01-01 UTC: what a right clock shows at the simulation's start.</summary>
    private const long Epoch = 1_767_225_600_000_000;

    private TimeSpan _since;
    private TimeSpan _elapsedThen;
    private long _unixThen;
    private double _rate = 1;
    private long _jumped;

    /// <summary>How much faster than true time it runs: 0.0001 gains 8.6 s a day.</summary>
    public double Drift => _rate - 1;

    /// <summary>How far the wall clock was set off, jumps included, drift not.</summary>
    public TimeSpan Offset => TimeSpan.FromMicroseconds(_jumped);

    /// <summary>The machine comes up: its monotonic clock starts anew, its wall clock goes on.</summary>
    public void Boot(TimeSpan now, TimeSpan elapsed)
    {
        _unixThen = WallAt(now);
        _since = now;
        _elapsedThen = elapsed;
    }

    /// <summary>Both clocks run at another rate from now.</summary>
    public void SetDrift(TimeSpan now, double drift)
    {
        (_unixThen, _elapsedThen, _since) = (WallAt(now), ElapsedAt(now), now);
        _rate = 1 + drift;
    }

    /// <summary>Somebody sets the wall clock.</summary>
    public void Jump(TimeSpan by) => _jumped += by.Ticks / TimeSpan.TicksPerMicrosecond;

    /// <summary>What both show.</summary>
    public Moment At(TimeSpan now) => new(ElapsedAt(now), Epoch + WallAt(now) + _jumped);

    /// <summary>The first true time at which the monotonic clock shows at least <paramref name="elapsed"/>.</summary>
    public TimeSpan When(TimeSpan elapsed)
    {
        if (elapsed <= _elapsedThen)
        {
            return _since;
        }
        var guess = new TimeSpan(_since.Ticks + (long)((elapsed - _elapsedThen).Ticks / _rate));
        while (ElapsedAt(guess) < elapsed)
        {
            guess += TimeSpan.FromTicks(1);
        }
        return guess;
    }

    private TimeSpan ElapsedAt(TimeSpan now) => _elapsedThen + Passed(now);

    private long WallAt(TimeSpan now) => _unixThen + (Passed(now).Ticks / TimeSpan.TicksPerMicrosecond);

    private TimeSpan Passed(TimeSpan now) => _rate == 1 ? now - _since : new TimeSpan((long)((now - _since).Ticks * _rate));
}
