using Tore.Mesh.Models.Chat.Jinja.Values;

namespace Tore.Mesh.Models.Chat.Jinja.Library;

/// <summary>The filters of Jinja that chat templates use, by name.</summary>
internal static class Filters
{
    internal delegate object? Rule(Rendering rendering, object? value, Arguments arguments);

    private static readonly Dictionary<string, Rule> Known = new()
    {
        ["abs"] = (_, value, _) => NumberFilters.Abs(value),
        ["attr"] = (rendering, value, arguments) => Attributes.Get(rendering, value, arguments.NeedText(0, "name").Value),
        ["batch"] = ListFilters.Batch,
        ["capitalize"] = (rendering, value, _) => Casing.Capitalize(rendering, Printing.TextOf(rendering, value)),
        ["center"] = TextFilters.Center,
        ["count"] = (_, value, _) => Length(value),
        ["default"] = Default,
        ["dictsort"] = SortFilters.DictSort,
        ["first"] = (rendering, value, _) => ListFilters.End(rendering, value, last: false),
        ["float"] = NumberFilters.ToFloat,
        ["format"] = (rendering, value, arguments) =>
            PercentFormat.Apply(rendering, Printing.TextOf(rendering, value), arguments.TakeAll()),
        ["indent"] = TextFilters.Indent,
        ["int"] = NumberFilters.ToInteger,
        ["items"] = (rendering, value, _) => value switch
        {
            JinjaUndefined => JinjaList.Empty,
            JinjaDict dict => DictMethods.Items(rendering, dict),
            _ => throw new JinjaException($"items needs a mapping, not '{ValueNames.Of(value)}'"),
        },
        ["join"] = ListFilters.Join,
        ["last"] = (rendering, value, _) => ListFilters.End(rendering, value, last: true),
        ["length"] = (_, value, _) => Length(value),
        ["list"] = (rendering, value, _) => new JinjaList(Operators.Iterate(rendering, value)),
        ["lower"] = (rendering, value, _) => Casing.Lower(rendering, Printing.TextOf(rendering, value)),
        ["map"] = ListFilters.Map,
        ["max"] = (rendering, value, arguments) => SortFilters.Extreme(rendering, value, arguments, largest: true),
        ["min"] = (rendering, value, arguments) => SortFilters.Extreme(rendering, value, arguments, largest: false),
        ["reject"] = (rendering, value, arguments) => ListFilters.Choose(rendering, value, arguments, keep: false, byAttribute: false),
        ["rejectattr"] = (rendering, value, arguments) => ListFilters.Choose(rendering, value, arguments, keep: false, byAttribute: true),
        ["replace"] = TextFilters.Replace,
        ["reverse"] = ListFilters.Reverse,
        ["round"] = NumberFilters.Round,
        ["safe"] = (rendering, value, _) => Printing.TextOf(rendering, value),
        ["select"] = (rendering, value, arguments) => ListFilters.Choose(rendering, value, arguments, keep: true, byAttribute: false),
        ["selectattr"] = (rendering, value, arguments) => ListFilters.Choose(rendering, value, arguments, keep: true, byAttribute: true),
        ["sort"] = SortFilters.Sort,
        ["string"] = (rendering, value, _) => Printing.TextOf(rendering, value),
        ["sum"] = ListFilters.Sum,
        ["title"] = (rendering, value, _) => Casing.TitleWords(rendering, Printing.TextOf(rendering, value)),
        ["tojson"] = (rendering, value, arguments) => JsonText.Of(rendering, value, arguments),
        ["trim"] = TextFilters.Trim,
        ["unique"] = SortFilters.Unique,
        ["upper"] = (rendering, value, _) => Casing.Upper(rendering, Printing.TextOf(rendering, value)),
        ["wordcount"] = (rendering, value, _) =>
            (long)TextParts.SplitSpace(rendering, Printing.TextOf(rendering, value), -1, fromRight: false).Count,
    };

    /// <summary>Whether there is a filter of this name.</summary>
    public static bool IsKnown(string name) => Known.ContainsKey(name == "d" ? "default" : name);

    /// <summary>Applies a filter.</summary>
    /// <exception cref="JinjaException">There is none of this name here, or it does not go with the value.</exception>
    public static object? Apply(Rendering rendering, string name, object? value, Arguments arguments)
    {
        if (!Known.TryGetValue(name == "d" ? "default" : name, out Rule? rule))
        {
            throw new JinjaException($"the filter '{Tokenizers.Excerpt.Of(name)}' is not supported");
        }
        object? result = rule(rendering, value, arguments);
        arguments.CheckAllTaken($"the filter '{name}'");
        return result;
    }

    private static long Length(object? value) => value switch
    {
        JinjaText text => text.PointCount,
        JinjaList list => list.Count,
        JinjaDict dict => dict.Count,
        JinjaUndefined => 0,
        _ => throw new JinjaException($"object of type '{ValueNames.Of(value)}' has no length"),
    };

    private static object? Default(Rendering rendering, object? value, Arguments arguments)
    {
        object? fallback = arguments.Take(0, "default_value", JinjaText.Empty);
        bool alsoFalse = arguments.TakeTruth(1, "boolean", false);
        return value is JinjaUndefined || (alsoFalse && !Operators.IsTrue(value)) ? fallback : value;
    }
}
