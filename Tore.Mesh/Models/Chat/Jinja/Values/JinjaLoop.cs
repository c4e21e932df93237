namespace Tore.Mesh.Models.Chat.Jinja.Values;

/// <summary>The <c>loop</c> of a for statement.</summary>
internal sealed class JinjaLoop(IReadOnlyList<object?> items, int depth, Func<Rendering, Arguments, object?>? recurse)
{
    private object?[]? _lastChanged;

    /// <summary>Index of the item at hand, from 0.</summary>
    public int Index { get; set; }

    /// <summary>How deep a recursive loop is, from 0.</summary>
    public int Depth => depth;

    /// <summary>An attribute, or null where there is none of this name.</summary>
    public object? Get(string name) => name switch
    {
        "index" => Index + 1L,
        "index0" => (long)Index,
        "revindex" => (long)(items.Count - Index),
        "revindex0" => items.Count - Index - 1L,
        "first" => Index == 0,
        "last" => Index == items.Count - 1,
        "length" => (long)items.Count,
        "depth" => depth + 1L,
        "depth0" => (long)depth,
        "previtem" => Index > 0 ? items[Index - 1] : new JinjaUndefined("there is no previous item"),
        "nextitem" => Index + 1 < items.Count ? items[Index + 1] : new JinjaUndefined("there is no next item"),
        "cycle" => new JinjaCallable("cycle", Cycle),
        "changed" => new JinjaCallable("changed", Changed),
        _ => new JinjaUndefined($"'loop' has no attribute '{name}'"),
    };

    /// <summary>The loop as a function: one level deeper, of a recursive for.</summary>
    public JinjaCallable AsCallable() => new("loop", recurse ?? throw new JinjaException("the loop is not marked 'recursive'"));

    private object? Cycle(Rendering rendering, Arguments arguments)
    {
        IReadOnlyList<object?> choices = arguments.TakeAll();
        return choices.Count > 0 ? choices[Index % choices.Count] : throw new JinjaException("loop.cycle() needs items");
    }

    private object Changed(Rendering rendering, Arguments arguments)
    {
        object?[] values = [.. arguments.TakeAll()];
        bool same = _lastChanged is not null && Operators.AreEqual(rendering, new JinjaList(values), new JinjaList(_lastChanged));
        _lastChanged = values;
        return !same;
    }
}
