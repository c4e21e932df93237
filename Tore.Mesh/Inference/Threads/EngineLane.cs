namespace Tore.Mesh.Inference.Threads;

/// <summary>
/// One thread's seat in a running job: which share is its own, and where it meets the others. Shares depend only on the
/// counts, never on timing, so a lane touches the same rows of the weights in every pass.
/// </summary>
internal sealed class EngineLane
{
    /// <summary>Up to this many items one lane does while the others wait: a second meeting would cost more than it saves.</summary>
    private const int SerialItems = 4;

    private readonly LaneBarrier _barrier;
    private bool _serial;
    private bool _mine;
    private int _phase;

    internal EngineLane(int index, int count, LaneBarrier barrier)
    {
        Index = index;
        Count = count;
        _barrier = barrier;
    }

    /// <summary>0 is the thread that called <see cref="EnginePool.Run"/>.</summary>
    public int Index { get; }

    /// <summary>Lanes of the pool.</summary>
    public int Count { get; }

    /// <summary>This lane's share of <paramref name="items"/>: a run of neighbours, the shares differing by one at most.</summary>
    public (int Start, int End) ShareOf(int items) =>
        ((int)((long)items * Index / Count), (int)((long)items * (Index + 1) / Count));

    /// <summary>Waits until every lane is here.</summary>
    public void Meet()
    {
        if (Count > 1)
        {
            int phase = _barrier.Phase;
            if (_barrier.Arrive())
            {
                _barrier.Release();
            }
            else
            {
                _barrier.Await(phase);
            }
        }
    }

    /// <summary>
    /// Waits until every lane has finished what came before, then shares out a few small items. <see cref="Leave"/> must follow.
    /// With few items the last lane to arrive does them all before it lets the others go: one meeting instead of two.
    /// </summary>
    public (int Start, int End) Enter(int items)
    {
        if (Count == 1)
        {
            return (0, items);
        }
        _serial = items <= SerialItems;
        _phase = _barrier.Phase;
        _mine = _barrier.Arrive();
        if (_serial)
        {
            return _mine ? (0, items) : (0, 0);
        }
        if (_mine)
        {
            _barrier.Release();
        }
        else
        {
            _barrier.Await(_phase);
        }
        return ShareOf(items);
    }

    /// <summary>Ends what <see cref="Enter"/> began: afterwards every lane sees all items done.</summary>
    public void Leave()
    {
        if (Count == 1)
        {
            return;
        }
        if (!_serial)
        {
            Meet();
        }
        else if (_mine)
        {
            _barrier.Release();
        }
        else
        {
            _barrier.Await(_phase);
        }
    }
}
