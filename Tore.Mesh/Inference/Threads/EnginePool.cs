using System.Runtime.ExceptionServices;

namespace Tore.Mesh.Inference.Threads;

/// <summary>
/// The engine's own threads: a fixed number of lanes that run one job at a time, all of them together. The calling thread is
/// lane 0. Starting a job and meeting within it allocate nothing. One caller at a time.
/// </summary>
internal sealed class EnginePool : IDisposable
{
    private readonly EngineLane[] _lanes;
    private readonly Thread[] _threads;
    private readonly LaneBarrier _start;
    private readonly LaneBarrier _inside;
    private readonly LaneBarrier _end;
    private readonly EngineCensus.Entry? _entry;
    private IEngineJob? _job;
    private Exception? _failure;
    private volatile bool _stopping;
    private bool _disposed;

    /// <summary>Starts <paramref name="threads"/> - 1 threads.</summary>
    /// <param name="threads">Lanes, the caller's included.</param>
    /// <param name="census">Where this pool's threads are counted; null counts nowhere and always spins.</param>
    /// <param name="time">Times the spinning.</param>
    public EnginePool(int threads, EngineCensus? census = null, TimeProvider? time = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(threads, 1);
        time ??= TimeProvider.System;
        _start = new LaneBarrier(threads, time);
        _inside = new LaneBarrier(threads, time);
        _end = new LaneBarrier(threads, time);
        _lanes = new EngineLane[threads];
        for (int i = 0; i < threads; i++)
        {
            _lanes[i] = new EngineLane(i, threads, _inside);
        }
        _entry = census?.Register(threads);
        _threads = new Thread[threads - 1];
        for (int i = 0; i < _threads.Length; i++)
        {
            EngineLane lane = _lanes[i + 1];
            _threads[i] = new Thread(() => Serve(lane)) { IsBackground = true, Name = $"tore engine {lane.Index}" };
            _threads[i].Start();
        }
    }

    /// <summary>Number of lanes.</summary>
    public int Threads => _lanes.Length;

    /// <summary>
    /// Whether idle lanes may spin for the next job: yes where jobs follow one another at once (a shard of all layers), no
    /// where the next one waits for another stage.
    /// </summary>
    public bool SpinsBetweenJobs { get; set; } = true;

    /// <summary>Runs the job on all lanes and returns when every lane is done. Rethrows the first exception of any lane.</summary>
    public void Run(IEngineJob job)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        bool quiet = _entry?.Crowded ?? false;
        _inside.MaySpin = !quiet;
        _end.MaySpin = !quiet;
        _start.MaySpin = !quiet && SpinsBetweenJobs;
        _job = job;
        Meet(_start);
        RunLane(_lanes[0]);
        Meet(_end);
        _job = null;
        if (_failure is { } failure)
        {
            _failure = null;
            _inside.Mend();
            ExceptionDispatchInfo.Throw(failure);
        }
    }

    /// <summary>Stops the threads; not while a job runs.</summary>
    public void Dispose()
    {
        if (_disposed)
        {
            return;
        }
        _disposed = true;
        _stopping = true;
        Meet(_start);
        foreach (Thread thread in _threads)
        {
            thread.Join();
        }
        _entry?.Dispose();
    }

    private void Serve(EngineLane lane)
    {
        while (true)
        {
            Meet(_start);
            if (_stopping)
            {
                return;
            }
            RunLane(lane);
            Meet(_end);
        }
    }

    private static void Meet(LaneBarrier barrier)
    {
        int phase = barrier.Phase;
        if (barrier.Arrive())
        {
            barrier.Release();
        }
        else
        {
            barrier.Await(phase);
        }
    }

    private void RunLane(EngineLane lane)
    {
        try
        {
            _job!.Run(lane);
        }
        catch (LaneBrokenException)
        {
            // Another lane failed first and has said so.
        }
#pragma warning disable CA1031 // A lane's exception of any kind belongs to the caller of Run.
        catch (Exception exception)
#pragma warning restore CA1031
        {
            Interlocked.CompareExchange(ref _failure, exception, null);
            _inside.Break();
        }
    }
}
