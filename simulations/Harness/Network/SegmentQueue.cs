namespace Tore.Mesh.Harness.Network;

/// <summary>Segments in order: a ring that grows.</summary>
internal sealed class SegmentQueue
{
    private Segment[] _ring = [];
    private int _first;

    /// <summary>How many wait.</summary>
    public int Count { get; private set; }

    /// <summary>Adds one behind all others.</summary>
    public void Add(in Segment segment)
    {
        Grow();
        _ring[(_first + Count) & (_ring.Length - 1)] = segment;
        Count++;
    }

    /// <summary>Adds one before all others.</summary>
    public void AddFirst(in Segment segment)
    {
        Grow();
        _first = (_first - 1) & (_ring.Length - 1);
        _ring[_first] = segment;
        Count++;
    }

    /// <summary>Takes the first.</summary>
    public Segment Take()
    {
        Segment segment = _ring[_first];
        _ring[_first] = default;
        _first = (_first + 1) & (_ring.Length - 1);
        Count--;
        return segment;
    }

    /// <summary>Takes the last.</summary>
    public Segment TakeLast()
    {
        ref Segment last = ref _ring[(_first + --Count) & (_ring.Length - 1)];
        Segment segment = last;
        last = default;
        return segment;
    }

    private void Grow()
    {
        if (Count < _ring.Length)
        {
            return;
        }
        var wider = new Segment[Math.Max(4, 2 * Count)];
        for (int i = 0; i < Count; i++)
        {
            wider[i] = _ring[(_first + i) & (_ring.Length - 1)];
        }
        (_ring, _first) = (wider, 0);
    }
}
