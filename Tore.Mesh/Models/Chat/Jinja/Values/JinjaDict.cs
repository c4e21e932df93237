using System.Diagnostics.CodeAnalysis;

namespace Tore.Mesh.Models.Chat.Jinja.Values;

/// <summary>A mapping in the order of insertion.</summary>
internal sealed class JinjaDict
{
    private readonly OrderedDictionary<JinjaKey, object?> _entries = [];

    /// <summary>Number of entries.</summary>
    public int Count => _entries.Count;

    /// <summary>The entries in order.</summary>
    public IEnumerable<KeyValuePair<JinjaKey, object?>> Entries => _entries;

    /// <summary>The keys in order.</summary>
    public IEnumerable<object?> Keys => _entries.Keys.Select(key => key.Value);

    /// <summary>Sets an entry.</summary>
    public void Set(object? key, object? value) => _entries[new JinjaKey(key)] = value;

    /// <summary>Sets an entry that the program names.</summary>
    public void Set(string key, object? value) => Set(new JinjaText(key, trusted: true), value);

    /// <summary>Gets an entry.</summary>
    public bool TryGet(object? key, [MaybeNullWhen(false)] out object? value) => _entries.TryGetValue(new JinjaKey(key), out value);

    /// <summary>Gets an entry by its name.</summary>
    public bool TryGet(string key, out object? value) => _entries.TryGetValue(new JinjaKey(new JinjaText(key, trusted: true)), out value);
}
