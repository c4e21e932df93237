using Tore.Mesh.Models.Chat.Jinja.Values;

namespace Tore.Mesh.Models.Chat.Jinja.Library;

/// <summary>
/// Attributes and items. <c>a.b</c> looks for a method before an item, <c>a['b']</c> the other way round; what is not there is
/// undefined; nothing of an undefined value can be had.
/// </summary>
internal static class Attributes
{
    /// <summary><c>a.name</c></summary>
    public static object? Get(Rendering rendering, object? value, string name)
    {
        if (value is JinjaUndefined undefined)
        {
            throw undefined.Fail();
        }
        return MethodOf(value, name) is { } method ? method
            : TryItem(rendering, value, new JinjaText(name, trusted: true), out object? item) ? item
            : Missing(value, name);
    }

    /// <summary><c>a[index]</c></summary>
    public static object? GetItem(Rendering rendering, object? value, object? index)
    {
        if (value is JinjaUndefined undefined)
        {
            throw undefined.Fail();
        }
        if (TryItem(rendering, value, index, out object? item))
        {
            return item;
        }
        return index is JinjaText name
            ? (object?)MethodOf(value, name.Value) ?? Missing(value, name.Value)
            : Missing(value, index is long ? $"{index}" : ValueNames.Of(index));
    }

    /// <summary>
    /// An attribute by a path of names and numbers with dots between, as filters take it; the fallback, if not null, stands in at
    /// every step for what is not there.
    /// </summary>
    public static object? GetPath(Rendering rendering, object? value, object? path, object? fallback = null)
    {
        foreach (string? part in path is JinjaText text ? text.Value.Split('.') : (string?[])[null])
        {
            object? index = part is null ? path : long.TryParse(part, out long number) ? number : new JinjaText(part, trusted: true);
            object? found = GetItem(rendering, value, index);
            value = found is JinjaUndefined && fallback is not null ? fallback : found;
        }
        return value;
    }

    private static bool TryItem(Rendering rendering, object? value, object? index, out object? item)
    {
        item = null;
        rendering.ChargeKey(index);
        switch (value)
        {
            case JinjaDict dict:
                return index is not (JinjaList or JinjaDict or JinjaUndefined) && dict.TryGet(index, out item);
            case JinjaList or JinjaText when Operators.TryInteger(index, out long number):
                rendering.Charge(value is JinjaText { HasSurrogates: true } text ? text.Value.Length : 0);
                return Slicing.TryItem(value, number, out item);
            case JinjaNamespace space when index is JinjaText name:
                return space.Attributes.TryGetValue(name.Value, out item);
            case JinjaLoop loop when index is JinjaText name:
                item = loop.Get(name.Value);
                return true;
            default:
                return false;
        }
    }

    private static JinjaCallable? MethodOf(object? value, string name) => value switch
    {
        JinjaText text => TextMethods.Find(text, name),
        JinjaDict dict => DictMethods.Find(dict, name),
        JinjaList list => ListMethods.Find(list, name),
        _ => null,
    };

    private static JinjaUndefined Missing(object? value, string name) =>
        new($"'{ValueNames.Of(value)} object' has no attribute '{Tokenizers.Excerpt.Of(name)}'");
}
