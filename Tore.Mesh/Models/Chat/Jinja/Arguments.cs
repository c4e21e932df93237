using Tore.Mesh.Models.Chat.Jinja.Values;

namespace Tore.Mesh.Models.Chat.Jinja;

/// <summary>
/// The arguments of a call, taken one by one by the callee; one that nobody took is an error, so that an option which is not
/// supported is never passed over in silence.
/// </summary>
internal sealed class Arguments(IReadOnlyList<object?> positional, IReadOnlyList<KeyValuePair<string, object?>> named)
{
    private readonly HashSet<string> _taken = [];
    private int _positionalTaken;

    /// <summary>No arguments.</summary>
    public static Arguments None => new([], []);

    /// <summary>Number of positional arguments.</summary>
    public int Count => positional.Count;

    /// <summary>Length of the longest text among them.</summary>
    public int LongestText =>
        positional.Concat(named.Select(pair => pair.Value)).Max(value => (value as JinjaText)?.Value.Length) ?? 0;

    /// <summary>The named arguments.</summary>
    public IReadOnlyList<KeyValuePair<string, object?>> Named => named;

    /// <summary>These arguments and further named ones.</summary>
    public Arguments With(IReadOnlyList<KeyValuePair<string, object?>> further) =>
        further.Count == 0 ? this : new Arguments(positional, [.. named, .. further]);

    /// <summary>Takes an argument by place or name.</summary>
    public bool TryTake(int index, string name, out object? value)
    {
        if (index < positional.Count)
        {
            _positionalTaken = Math.Max(_positionalTaken, index + 1);
            value = positional[index];
            return true;
        }
        foreach ((string key, object? given) in named)
        {
            if (key == name)
            {
                _taken.Add(name);
                value = given;
                return true;
            }
        }
        value = null;
        return false;
    }

    /// <summary>Takes an argument, or what it is when not given.</summary>
    public object? Take(int index, string name, object? fallback) => TryTake(index, name, out object? value) ? value : fallback;

    /// <summary>Takes an argument that must be given.</summary>
    public object? Need(int index, string name) =>
        TryTake(index, name, out object? value) ? value : throw new JinjaException($"argument '{name}' is missing");

    /// <summary>Takes text that must be given.</summary>
    public JinjaText NeedText(int index, string name) => Need(index, name) as JinjaText
        ?? throw new JinjaException($"argument '{name}' must be a string, not '{ValueNames.Of(Take(index, name, null))}'");

    /// <summary>Takes an integer, or what it is when not given.</summary>
    public long TakeInteger(int index, string name, long fallback) => Take(index, name, fallback) switch
    {
        long number => number,
        bool truth => truth ? 1 : 0,
        var other => throw new JinjaException($"argument '{name}' must be an integer, not '{ValueNames.Of(other)}'"),
    };

    /// <summary>Takes a truth value.</summary>
    public bool TakeTruth(int index, string name, bool fallback) => Operators.IsTrue(Take(index, name, fallback));

    /// <summary>Takes all positional arguments.</summary>
    public IReadOnlyList<object?> TakeAll()
    {
        _positionalTaken = positional.Count;
        return positional;
    }

    /// <summary>The arguments after some that were taken, as a call of its own.</summary>
    public Arguments After(int index)
    {
        _positionalTaken = positional.Count;
        foreach ((string key, _) in named)
        {
            _taken.Add(key);
        }
        return new Arguments([.. positional.Skip(index)], named);
    }

    /// <summary>Fails where an argument was not taken.</summary>
    public void CheckAllTaken(string callee)
    {
        if (_positionalTaken < positional.Count)
        {
            throw new JinjaException($"{callee} takes {_positionalTaken} arguments here, not {positional.Count}");
        }
        foreach ((string key, _) in named)
        {
            if (!_taken.Contains(key))
            {
                throw new JinjaException($"{callee} has no argument '{key}' here");
            }
        }
    }
}
