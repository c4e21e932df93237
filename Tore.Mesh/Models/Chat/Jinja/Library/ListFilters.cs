using Tore.Mesh.Models.Chat.Jinja.Values;

namespace Tore.Mesh.Models.Chat.Jinja.Library;

/// <summary>Filters of sequences. Where Jinja gives a generator, these give a list.</summary>
internal static class ListFilters
{
    /// <summary><c>first</c> and <c>last</c></summary>
    public static object? End(Rendering rendering, object? value, bool last)
    {
        IReadOnlyList<object?> items = Operators.Iterate(rendering, value);
        return items.Count > 0 ? items[last ? items.Count - 1 : 0] : new JinjaUndefined("the sequence is empty");
    }

    /// <summary><c>join(d, attribute)</c></summary>
    public static object Join(Rendering rendering, object? value, Arguments arguments)
    {
        JinjaText between = Printing.TextOf(rendering, arguments.Take(0, "d", JinjaText.Empty));
        object? attribute = arguments.Take(1, "attribute", null);
        List<JinjaText> parts = [];
        foreach (object? item in Operators.Iterate(rendering, value))
        {
            parts.Add(Printing.TextOf(rendering, attribute is null ? item : Attributes.GetPath(rendering, item, attribute)));
        }
        return TextParts.Join(rendering, between, parts);
    }

    /// <summary><c>map(attribute=..., default=...)</c> or <c>map('filter', ...)</c></summary>
    public static object Map(Rendering rendering, object? value, Arguments arguments)
    {
        IReadOnlyList<object?> items = Operators.Iterate(rendering, value);
        List<object?> mapped = new(items.Count);
        if (arguments.Count == 0)
        {
            object? attribute = arguments.Need(int.MaxValue, "attribute");
            object? fallback = arguments.Take(int.MaxValue, "default", null);
            foreach (object? item in items)
            {
                mapped.Add(Attributes.GetPath(rendering, item, attribute, fallback));
            }
            return new JinjaList(mapped);
        }
        string name = arguments.NeedText(0, "filter").Value;
        Arguments rest = arguments.After(1);
        foreach (object? item in items)
        {
            rendering.Charge(64);
            mapped.Add(Filters.Apply(rendering, name, item, rest));
        }
        return new JinjaList(mapped);
    }

    /// <summary><c>select</c>, <c>reject</c>, <c>selectattr</c>, <c>rejectattr</c></summary>
    public static object Choose(Rendering rendering, object? value, Arguments arguments, bool keep, bool byAttribute)
    {
        object? attribute = byAttribute ? arguments.Need(0, "attribute") : null;
        int place = byAttribute ? 1 : 0;
        string? test = arguments.Count > place ? arguments.NeedText(place, "test").Value : null;
        Arguments rest = arguments.After(place + (test is null ? 0 : 1));
        List<object?> chosen = [];
        foreach (object? item in Operators.Iterate(rendering, value))
        {
            rendering.Charge(64);
            object? tested = byAttribute ? Attributes.GetPath(rendering, item, attribute) : item;
            bool holds = test is null ? Operators.IsTrue(tested) : Tests.Holds(rendering, test, tested, rest);
            if (holds == keep)
            {
                chosen.Add(item);
            }
        }
        return new JinjaList(chosen);
    }

    /// <summary><c>reverse</c></summary>
    public static object Reverse(Rendering rendering, object? value, Arguments arguments) => value is JinjaText
        ? Slicing.Slice(rendering, value, null, null, -1)
        : new JinjaList([.. Operators.Iterate(rendering, value).Reverse()]);

    /// <summary><c>batch(linecount, fill_with)</c></summary>
    public static object Batch(Rendering rendering, object? value, Arguments arguments)
    {
        IReadOnlyList<object?> items = Operators.Iterate(rendering, value);
        long size = arguments.TakeInteger(0, "linecount", 0);
        object? fill = arguments.Take(1, "fill_with", null);
        if (size is < 1 or > Primitives.Limits.TemplateRange)
        {
            throw new JinjaException("batch needs a size from 1");
        }
        List<object?> batches = [];
        foreach (object?[] part in items.Chunk((int)size))
        {
            int missing = fill is null ? 0 : (int)size - part.Length;
            rendering.Charge(8 * (part.Length + missing));
            batches.Add(new JinjaList([.. part, .. Enumerable.Repeat(fill, missing)]));
        }
        return new JinjaList(batches);
    }

    /// <summary><c>sum(attribute, start)</c></summary>
    public static object? Sum(Rendering rendering, object? value, Arguments arguments)
    {
        object? attribute = arguments.Take(0, "attribute", null);
        object? sum = arguments.Take(1, "start", 0L);
        foreach (object? item in Operators.Iterate(rendering, value))
        {
            sum = Arithmetic.Apply(rendering, "+", sum, attribute is null ? item : Attributes.GetPath(rendering, item, attribute));
        }
        return sum;
    }
}
