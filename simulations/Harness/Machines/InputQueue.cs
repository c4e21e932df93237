namespace Tore.Mesh.Harness.Machines;

/// <summary>What waits for a process that stands still or is slow.</summary>
internal sealed class InputQueue
{
    private List<Input> _inputs = [];
    private int _first;

    /// <summary>How many wait.</summary>
    public int Count => _inputs.Count - _first;

    /// <summary>Adds one behind the others.</summary>
    public void Add(in Input input) => _inputs.Add(input);

    /// <summary>Takes the first.</summary>
    public Input Take()
    {
        Input input = _inputs[_first++];
        if (_first == _inputs.Count)
        {
            Clear();
        }
        return input;
    }

    /// <summary>Forgets all.</summary>
    public void Clear()
    {
        _inputs.Clear();
        _first = 0;
    }

    /// <summary>
    /// Mixes what waits as a process that wakes up may meet it: in any order among its connections and timers, in order on each.
    /// </summary>
    public void Shuffle(SeededRandom random)
    {
        if (Count < 2)
        {
            return;
        }
        List<Queue<Input>> sources = [.. _inputs.Skip(_first).GroupBy(i => i.End?.Connection.Number ?? -(long)i.Kind)
            .OrderBy(g => g.Key).Select(g => new Queue<Input>(g))];
        var mixed = new List<Input>(_inputs.Count);
        while (sources.Count > 0)
        {
            int source = random.Next(sources.Count);
            mixed.Add(sources[source].Dequeue());
            if (sources[source].Count == 0)
            {
                sources.RemoveAt(source);
            }
        }
        (_inputs, _first) = (mixed, 0);
    }
}
