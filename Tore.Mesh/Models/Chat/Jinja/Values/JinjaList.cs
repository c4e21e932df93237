namespace Tore.Mesh.Models.Chat.Jinja.Values;

/// <summary>A list or tuple; immutable, as in the sandbox that model hubs render in.</summary>
internal sealed record JinjaList(IReadOnlyList<object?> Items, bool IsTuple = false)
{
    /// <summary>The empty list.</summary>
    public static JinjaList Empty { get; } = new([]);

    /// <summary>Number of items.</summary>
    public int Count => Items.Count;
}
