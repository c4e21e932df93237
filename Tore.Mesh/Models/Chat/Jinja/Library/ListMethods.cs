using Tore.Mesh.Models.Chat.Jinja.Values;

namespace Tore.Mesh.Models.Chat.Jinja.Library;

/// <summary>The methods of lists; those that change one are refused, as in the sandbox of model hubs.</summary>
internal static class ListMethods
{
    /// <summary>A method bound to its list, or null.</summary>
    public static JinjaCallable? Find(JinjaList list, string name) => name switch
    {
        "index" => new JinjaCallable(name, (rendering, arguments) => IndexOf(rendering, list, arguments.Need(0, "value"))),
        "count" => new JinjaCallable(name, (rendering, arguments) => Count(rendering, list, arguments.Need(0, "value"))),
        "copy" => new JinjaCallable(name, (_, _) => list),
        "append" or "extend" or "insert" or "remove" or "pop" or "clear" or "sort" or "reverse" => new JinjaCallable(
            name, (_, _) => throw new JinjaException($"list.{name}() changes a value, which is not supported")),
        _ => null,
    };

    private static long IndexOf(Rendering rendering, JinjaList list, object? value)
    {
        for (int index = 0; index < list.Count; index++)
        {
            if (Operators.AreEqual(rendering, list.Items[index], value))
            {
                return index;
            }
        }
        throw new JinjaException("list.index(): the value is not in the list");
    }

    private static long Count(Rendering rendering, JinjaList list, object? value) =>
        list.Items.Count(item => Operators.AreEqual(rendering, item, value));
}
