using Tore.Mesh.Models.Chat.Jinja.Values;

namespace Tore.Mesh.Models.Chat.Jinja.Library;

/// <summary>The methods of mappings; those that change one are refused, as in the sandbox of model hubs.</summary>
internal static class DictMethods
{
    /// <summary>A method bound to its mapping, or null.</summary>
    public static JinjaCallable? Find(JinjaDict dict, string name) => name switch
    {
        "get" => new JinjaCallable(name, (rendering, arguments) => Get(rendering, dict, arguments)),
        "items" => new JinjaCallable(name, (rendering, _) => Items(rendering, dict)),
        "keys" => new JinjaCallable(name, (rendering, _) => new JinjaList(Operators.Iterate(rendering, dict))),
        "values" => new JinjaCallable(name, (rendering, _) => new JinjaList([.. dict.Entries.Select(entry => entry.Value)])),
        "copy" => new JinjaCallable(name, (_, _) => dict),
        "pop" or "popitem" or "update" or "clear" or "setdefault" => new JinjaCallable(
            name, (_, _) => throw new JinjaException($"dict.{name}() changes a value, which is not supported")),
        _ => null,
    };

    /// <summary>The entries as pairs.</summary>
    public static JinjaList Items(Rendering rendering, JinjaDict dict)
    {
        rendering.Charge(16 * dict.Count);
        return new JinjaList([.. dict.Entries.Select(entry => new JinjaList([entry.Key.Value, entry.Value], IsTuple: true))]);
    }

    private static object? Get(Rendering rendering, JinjaDict dict, Arguments arguments)
    {
        object? fallback = arguments.Take(1, "default", null);
        object? key = arguments.Need(0, "key");
        rendering.ChargeKey(key);
        return dict.TryGet(key, out object? value) ? value : fallback;
    }
}
