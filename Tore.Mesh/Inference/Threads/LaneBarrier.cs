namespace Tore.Mesh.Inference.Threads;

/// <summary>
/// A meeting point of a fixed number of threads. Waiting spins for at most <see cref="SpinMicroseconds"/> and then sleeps; where
/// spinning is not allowed it sleeps at once. Nothing is allocated.
/// </summary>
internal sealed class LaneBarrier
{
    /// <summary>Longest spin: a few times what a lane's share of a small layer takes, well below a scheduler's time slice.</summary>
    public const int SpinMicroseconds = 50;

    private const int SpinRounds = 500;

    private readonly object _gate = new();
    private readonly int _parties;
    private readonly TimeProvider _time;
    private readonly long _spinTicks;
    private int _phase;
    private int _arrived;
    private int _sleepers;
    private volatile bool _broken;

    /// <summary>A barrier for <paramref name="parties"/> threads.</summary>
    public LaneBarrier(int parties, TimeProvider time)
    {
        _parties = parties;
        _time = time;
        _spinTicks = Math.Max(1, time.TimestampFrequency * SpinMicroseconds / 1_000_000);
    }

    /// <summary>Whether waiting may spin before it sleeps.</summary>
    public bool MaySpin { get; set; } = true;

    /// <summary>The number of releases so far; read it before <see cref="Arrive"/>.</summary>
    public int Phase => Volatile.Read(ref _phase);

    /// <summary>Counts the caller in; true for the last one, who must <see cref="Release"/>.</summary>
    public bool Arrive()
    {
        if (Interlocked.Increment(ref _arrived) != _parties)
        {
            return false;
        }
        _arrived = 0;
        return true;
    }

    /// <summary>Lets every waiting thread go.</summary>
    public void Release()
    {
        // The full fence of the increment and that of the sleeper's own make sure that one of the two sees the other.
        Interlocked.Increment(ref _phase);
        if (Volatile.Read(ref _sleepers) != 0)
        {
            lock (_gate)
            {
                Monitor.PulseAll(_gate);
            }
        }
    }

    /// <summary>Waits until the phase is no longer <paramref name="phase"/>. Throws when the barrier was broken.</summary>
    public void Await(int phase)
    {
        // A lane that read the phase after a break sees the break; one that read it before sees the phase move.
        if (!_broken && !(MaySpin && Spin(phase)))
        {
            Sleep(phase);
        }
        if (_broken)
        {
            throw new LaneBrokenException();
        }
    }

    /// <summary>Ends all waiting with <see cref="LaneBrokenException"/>: a lane failed and will not come.</summary>
    public void Break()
    {
        _broken = true;
        Release();
    }

    /// <summary>Makes a broken barrier whole; only while no lane uses it.</summary>
    public void Mend()
    {
        _broken = false;
        _arrived = 0;
    }

    private bool Spin(int phase)
    {
        long deadline = _time.GetTimestamp() + _spinTicks;
        // A round takes about half a microsecond; the count ends the spin where a test's clock stands still.
        for (int round = 0; round < SpinRounds; round++)
        {
            for (int i = 0; i < 16; i++)
            {
                if (Volatile.Read(ref _phase) != phase)
                {
                    return true;
                }
                Thread.SpinWait(1);
            }
            if (_time.GetTimestamp() >= deadline)
            {
                break;
            }
        }
        return false;
    }

    private void Sleep(int phase)
    {
        lock (_gate)
        {
            Interlocked.Increment(ref _sleepers);
            while (Volatile.Read(ref _phase) == phase)
            {
                Monitor.Wait(_gate);
            }
            Interlocked.Decrement(ref _sleepers);
        }
    }
}
