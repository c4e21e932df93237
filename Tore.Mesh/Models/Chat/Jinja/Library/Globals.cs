using Tore.Mesh.Models.Chat.Jinja.Values;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Models.Chat.Jinja.Library;

/// <summary>
/// The functions that a template finds: <c>range</c>, <c>namespace</c>, <c>dict</c>, <c>raise_exception</c>, <c>joiner</c>.
/// There is no clock: <c>strftime_now</c> is undefined.
/// </summary>
internal static class Globals
{
    /// <summary>Defines them.</summary>
    public static void Define(Scope scope)
    {
        foreach (JinjaCallable function in (JinjaCallable[])
        [
            new("range", Range),
            new("namespace", Namespace),
            new("dict", Dict),
            new("raise_exception", RaiseException),
            new("joiner", Joiner),
        ])
        {
            scope.Set(function.Name, function);
        }
    }

    private static JinjaList Range(Rendering rendering, Arguments arguments)
    {
        long first = Integer(arguments, 0);
        long start = arguments.Count > 1 ? first : 0;
        long stop = arguments.Count > 1 ? Integer(arguments, 1) : first;
        long step = arguments.Count > 2 ? Integer(arguments, 2) : 1;
        if (step == 0)
        {
            throw new JinjaException("range() step must not be zero");
        }
        List<object?> items = [];
        for (decimal number = start; step > 0 ? number < stop : number > stop; number += step)
        {
            if (items.Count == Limits.TemplateRange)
            {
                throw rendering.Limit($"asks for a range of more than {Limits.TemplateRange} numbers");
            }
            items.Add((long)number);
        }
        rendering.Charge(8 * items.Count);
        return new JinjaList(items);
    }

    private static long Integer(Arguments arguments, int index) =>
        Operators.TryInteger(arguments.Need(index, "stop"), out long number)
            ? number
            : throw new JinjaException($"range() needs integers, not '{ValueNames.Of(arguments.Need(index, "stop"))}'");

    private static JinjaNamespace Namespace(Rendering rendering, Arguments arguments)
    {
        JinjaNamespace space = new();
        foreach ((JinjaKey key, object? value) in Dict(rendering, arguments).Entries)
        {
            space.Attributes[key.Value is JinjaText name ? name.Value : throw new JinjaException("namespace() needs names")] = value;
        }
        return space;
    }

    private static JinjaDict Dict(Rendering rendering, Arguments arguments)
    {
        JinjaDict dict = new();
        if (arguments.TryTake(0, "mapping", out object? mapping))
        {
            foreach ((JinjaKey key, object? value) in (mapping as JinjaDict ?? throw new JinjaException("dict() needs a mapping")).Entries)
            {
                rendering.Charge(8);
                dict.Set(key.Value, value);
            }
        }
        foreach ((string name, _) in arguments.Named)
        {
            dict.Set(name, arguments.Take(int.MaxValue, name, null));
        }
        return dict;
    }

    private static object RaiseException(Rendering rendering, Arguments arguments) =>
        throw new ToreException(ErrorCodes.TemplateRefused, Printing.TextOf(rendering, arguments.Need(0, "message")).Value);

    private static JinjaCallable Joiner(Rendering rendering, Arguments arguments)
    {
        JinjaText between = Printing.TextOf(rendering, arguments.Take(0, "sep", new JinjaText(", ", trusted: true)));
        bool used = false;
        return new JinjaCallable("joiner", (_, _) =>
        {
            JinjaText text = used ? between : JinjaText.Empty;
            used = true;
            return text;
        });
    }
}
