namespace Tore.Mesh.Membership.Links;

/// <summary>What is due next: a binary heap whose items know their place, so that every change costs O(log n).</summary>
internal sealed class DeadlineQueue
{
    private readonly List<Timed> _heap = [];
    private long _orders;

    /// <summary>The earliest time; null when nothing waits.</summary>
    public TimeSpan? Next => _heap.Count == 0 ? null : _heap[0].Due;

    /// <summary>Sets, moves or (null) clears the time of an item.</summary>
    public void Set(Timed item, TimeSpan? due)
    {
        if (due is not { } at)
        {
            Remove(item);
            return;
        }
        if (item.Place >= 0 && item.Due == at)
        {
            return;
        }
        (item.Due, item.Order) = (at, _orders++);
        if (item.Place < 0)
        {
            item.Place = _heap.Count;
            _heap.Add(item);
        }
        Settle(item);
    }

    /// <summary>Takes out an item that is due; null when none is.</summary>
    public Timed? TakeDue(TimeSpan now)
    {
        if (_heap.Count == 0 || _heap[0].Due > now)
        {
            return null;
        }
        Timed first = _heap[0];
        Remove(first);
        return first;
    }

    /// <summary>Clears the times of all items.</summary>
    public void Clear()
    {
        _heap.ForEach(static item => item.Place = -1);
        _heap.Clear();
    }

    private void Remove(Timed item)
    {
        if (item.Place < 0)
        {
            return;
        }
        Timed last = _heap[^1];
        _heap.RemoveAt(_heap.Count - 1);
        if (last != item)
        {
            last.Place = item.Place;
            _heap[last.Place] = last;
            Settle(last);
        }
        item.Place = -1;
    }

    private void Settle(Timed item)
    {
        while (item.Place > 0 && IsBefore(item, _heap[(item.Place - 1) / 2]))
        {
            Swap(item, _heap[(item.Place - 1) / 2]);
        }
        while (true)
        {
            int child = (2 * item.Place) + 1;
            if (child + 1 < _heap.Count && IsBefore(_heap[child + 1], _heap[child]))
            {
                child++;
            }
            if (child >= _heap.Count || !IsBefore(_heap[child], item))
            {
                return;
            }
            Swap(item, _heap[child]);
        }
    }

    private void Swap(Timed a, Timed b)
    {
        (a.Place, b.Place) = (b.Place, a.Place);
        (_heap[a.Place], _heap[b.Place]) = (a, b);
    }

    private static bool IsBefore(Timed a, Timed b) => a.Due < b.Due || (a.Due == b.Due && a.Order < b.Order);
}
