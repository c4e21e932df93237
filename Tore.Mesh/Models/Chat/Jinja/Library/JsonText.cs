using Tore.Mesh.Models.Chat.Jinja.Values;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Models.Chat.Jinja.Library;

/// <summary>
/// The filter <c>tojson</c> as model hubs define it: Python's <c>json.dumps</c> with <c>ensure_ascii=False</c>, and none of the
/// HTML escapes of Jinja's own.
/// </summary>
internal static class JsonText
{
    /// <summary>A value as JSON.</summary>
    /// <param name="rendering">The run.</param>
    /// <param name="value">The value.</param>
    /// <param name="arguments"><c>ensure_ascii</c> (only false), <c>indent</c>, <c>sort_keys</c> (only false), <c>separators</c>.</param>
    public static JinjaText Of(Rendering rendering, object? value, Arguments arguments)
    {
        bool first = arguments.Count > 0 && arguments.Take(0, "indent", null) is not bool;
        object? indent = first ? arguments.Take(0, "indent", null) : arguments.Take(1, "indent", null);
        if (!first && arguments.TakeTruth(0, "ensure_ascii", false))
        {
            throw new JinjaException("tojson(ensure_ascii=true) is not supported");
        }
        string? step = indent switch
        {
            null => null,
            JinjaText text => text.Value,
            _ when Operators.TryInteger(indent, out long width) && width <= Limits.TemplateDepth =>
                new string(' ', (int)Math.Max(0, width)),
            _ => throw new JinjaException("tojson(indent) must be a small integer or a string"),
        };
        (string item, string key) = Separators(arguments.Take(first ? 1 : 2, "separators", null), step is null);
        if (arguments.TakeTruth(first ? 2 : 3, "sort_keys", false))
        {
            throw new JinjaException("tojson(sort_keys=true) is not supported");
        }
        TextBuilder builder = new(rendering);
        new JsonWriter(builder, rendering, step, item, key).Write(value, 0);
        return builder.ToText();
    }

    private static (string Item, string Key) Separators(object? given, bool oneLine) => given switch
    {
        null => (oneLine ? ", " : ",", ": "),
        JinjaList { Count: 2 } pair when pair.Items[0] is JinjaText item && pair.Items[1] is JinjaText key => (item.Value, key.Value),
        _ => throw new JinjaException("tojson(separators) must be two strings"),
    };
}
