namespace Tore.Mesh.Replication;

/// <summary>Lets a burst through, and after it one for each interval that passes.</summary>
internal struct RateGate
{
    private readonly TimeSpan _interval;
    private readonly int _burst;

    /// <summary>Up to this moment it is used up; the further it lies back, the more may pass.</summary>
    private TimeSpan _usedUpTo;

    /// <summary>Begins with a whole burst.</summary>
    public RateGate(int burst, TimeSpan interval)
    {
        _burst = burst;
        _interval = interval;
        _usedUpTo = TimeSpan.MinValue;
    }

    /// <summary>When the next may pass: at or before <paramref name="now"/> if it may already.</summary>
    public readonly TimeSpan NextAt(TimeSpan now) => Floor(now) + _interval;

    /// <summary>Whether one may pass.</summary>
    public readonly bool MayPass(TimeSpan now) => NextAt(now) <= now;

    /// <summary>Takes one, if one may pass.</summary>
    public bool TryPass(TimeSpan now)
    {
        if (!MayPass(now))
        {
            return false;
        }
        _usedUpTo = NextAt(now);
        return true;
    }

    private readonly TimeSpan Floor(TimeSpan now)
    {
        TimeSpan full = now - (_burst * _interval);
        return _usedUpTo > full ? _usedUpTo : full;
    }
}
