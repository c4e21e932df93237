namespace Tore.Mesh.Harness.Events;

/// <summary>
/// What is to happen, by time; events of one instant in the order in which they were added. A heap of four children a node over
/// small keys; what happens to whom lies beside it in slots that are used again, so that an event costs no allocation.
/// </summary>
internal sealed class EventQueue
{
    private const int Children = 4;

    private Key[] _heap = new Key[1024];
    private Slot[] _slots = new Slot[1024];
    private int _count;
    private int _free = -1;
    private int _slotsUsed;
    private long _added;

    /// <summary>Events that wait.</summary>
    public int Count => _count;

    /// <summary>Events that were ever added.</summary>
    public long Added => _added;

    /// <summary>When the next event is due; null when nothing is.</summary>
    public TimeSpan? NextAt => _count == 0 ? null : new TimeSpan(_heap[0].At);

    /// <summary>Adds an event.</summary>
    public void Add(TimeSpan at, IEventTarget target, int kind, long argument = 0)
    {
        int slot = TakeSlot();
        _slots[slot] = new Slot(target, argument, kind);
        if (_count == _heap.Length)
        {
            Array.Resize(ref _heap, 2 * _count);
        }
        var key = new Key(at.Ticks, ++_added, slot);
        int place = _count++;
        while (place > 0)
        {
            int parent = (place - 1) / Children;
            if (!key.Before(_heap[parent]))
            {
                break;
            }
            _heap[place] = _heap[parent];
            place = parent;
        }
        _heap[place] = key;
    }

    /// <summary>Takes the next event that is due by <paramref name="end"/>; false when there is none.</summary>
    public bool TryTake(TimeSpan end, out TimeSpan at, out Slot happens)
    {
        if (_count == 0 || _heap[0].At > end.Ticks)
        {
            at = default;
            happens = default;
            return false;
        }
        Key first = _heap[0];
        at = new TimeSpan(first.At);
        happens = _slots[first.Slot];
        _slots[first.Slot] = new Slot(null!, _free, 0);
        _free = first.Slot;
        RemoveFirst();
        return true;
    }

    private int TakeSlot()
    {
        if (_free >= 0)
        {
            int slot = _free;
            _free = (int)_slots[slot].Argument;
            return slot;
        }
        if (_slotsUsed == _slots.Length)
        {
            Array.Resize(ref _slots, 2 * _slotsUsed);
        }
        return _slotsUsed++;
    }

    private void RemoveFirst()
    {
        Key last = _heap[--_count];
        int place = 0;
        while (true)
        {
            int least = (Children * place) + 1;
            if (least >= _count)
            {
                break;
            }
            int end = Math.Min(least + Children, _count);
            for (int child = least + 1; child < end; child++)
            {
                if (_heap[child].Before(_heap[least]))
                {
                    least = child;
                }
            }
            if (!_heap[least].Before(last))
            {
                break;
            }
            _heap[place] = _heap[least];
            place = least;
        }
        _heap[place] = last;
    }

    /// <summary>What happens to whom.</summary>
    internal readonly record struct Slot(IEventTarget Target, long Argument, int Kind);

    private readonly record struct Key(long At, long Order, int Slot)
    {
        public bool Before(in Key other) => At < other.At || (At == other.At && Order < other.Order);
    }
}
