using Tore.Mesh.Models.Chat.Jinja.Values;

namespace Tore.Mesh.Models.Chat.Jinja.Library;

/// <summary>The methods of strings, which are Python's.</summary>
internal static class TextMethods
{
    private delegate object? Method(Rendering rendering, JinjaText text, Arguments arguments);

    private static readonly Dictionary<string, Method> Known = new()
    {
        ["strip"] = (_, text, arguments) => TextParts.Strip(text, Characters(arguments), left: true, right: true),
        ["lstrip"] = (_, text, arguments) => TextParts.Strip(text, Characters(arguments), left: true, right: false),
        ["rstrip"] = (_, text, arguments) => TextParts.Strip(text, Characters(arguments), left: false, right: true),
        ["split"] = (rendering, text, arguments) => Split(rendering, text, arguments, fromRight: false),
        ["rsplit"] = (rendering, text, arguments) => Split(rendering, text, arguments, fromRight: true),
        ["splitlines"] = (rendering, text, arguments) =>
            new JinjaList(TextParts.Lines(rendering, text, arguments.TakeTruth(0, "keepends", false))),
        ["partition"] = (_, text, arguments) => Partition(text, arguments.NeedText(0, "sep").Value, last: false),
        ["rpartition"] = (_, text, arguments) => Partition(text, arguments.NeedText(0, "sep").Value, last: true),
        ["startswith"] = (_, text, arguments) => AnyAffix(arguments, affix => text.Value.StartsWith(affix, StringComparison.Ordinal)),
        ["endswith"] = (_, text, arguments) => AnyAffix(arguments, affix => text.Value.EndsWith(affix, StringComparison.Ordinal)),
        ["removeprefix"] = (_, text, arguments) => Remove(text, arguments.NeedText(0, "prefix").Value, atEnd: false),
        ["removesuffix"] = (_, text, arguments) => Remove(text, arguments.NeedText(0, "suffix").Value, atEnd: true),
        ["replace"] = (rendering, text, arguments) => TextParts.Replace(
            rendering, text, arguments.NeedText(0, "old").Value, arguments.NeedText(1, "new"), arguments.TakeInteger(2, "count", -1)),
        ["join"] = (rendering, text, arguments) => TextParts.Join(rendering, text, NeedTexts(rendering, arguments.Need(0, "iterable"))),
        ["upper"] = (rendering, text, _) => Casing.Upper(rendering, text),
        ["lower"] = (rendering, text, _) => Casing.Lower(rendering, text),
        ["capitalize"] = (rendering, text, _) => Casing.Capitalize(rendering, text),
        ["title"] = (rendering, text, _) => Casing.Title(rendering, text),
        ["find"] = (_, text, arguments) => Find(text, arguments.NeedText(0, "sub").Value, last: false),
        ["rfind"] = (_, text, arguments) => Find(text, arguments.NeedText(0, "sub").Value, last: true),
        ["index"] = (_, text, arguments) => Find(text, arguments.NeedText(0, "sub").Value, last: false) is var found && found >= 0
            ? found
            : throw new JinjaException("str.index(): substring not found"),
        ["count"] = (_, text, arguments) => (long)TextParts.Find(text.Value, arguments.NeedText(0, "sub").Value).Count(),
        ["isdigit"] = (_, text, _) => All(text, char.IsDigit),
        ["isdecimal"] = (_, text, _) => All(text, char.IsDigit),
        ["isnumeric"] = (_, text, _) => All(text, char.IsNumber),
        ["isalpha"] = (_, text, _) => All(text, char.IsLetter),
        ["isalnum"] = (_, text, _) => All(text, value => char.IsLetter(value) || char.IsNumber(value)),
        ["isspace"] = (_, text, _) => All(text, CodePoints.IsSpace),
        ["isupper"] = (_, text, _) => Casing.IsUpper(text),
        ["islower"] = (_, text, _) => Casing.IsLower(text),
    };

    /// <summary>A method bound to its text, or null.</summary>
    public static JinjaCallable? Find(JinjaText text, string name)
    {
        if (!Known.TryGetValue(name, out Method? method))
        {
            return null;
        }
        return new JinjaCallable($"str.{name}", (rendering, arguments) =>
        {
            rendering.ChargeSearch(text.Value.Length, arguments.LongestText);
            return method(rendering, text, arguments);
        });
    }

    private static string? Characters(Arguments arguments) => arguments.Take(0, "chars", null) is null
        ? null
        : arguments.NeedText(0, "chars").Value;

    private static JinjaList Split(Rendering rendering, JinjaText text, Arguments arguments, bool fromRight)
    {
        string? separator = arguments.Take(0, "sep", null) is null ? null : arguments.NeedText(0, "sep").Value;
        long most = arguments.TakeInteger(1, "maxsplit", -1);
        return new JinjaList(separator is null
            ? TextParts.SplitSpace(rendering, text, most, fromRight)
            : TextParts.Split(rendering, text, separator, most, fromRight));
    }

    private static JinjaList Partition(JinjaText text, string separator, bool last)
    {
        if (separator.Length == 0)
        {
            throw new JinjaException("empty separator");
        }
        int at = last
            ? text.Value.LastIndexOf(separator, StringComparison.Ordinal)
            : text.Value.IndexOf(separator, StringComparison.Ordinal);
        object?[] parts = at >= 0
            ? [text.Slice(0, at), text.Slice(at, separator.Length), TextParts.From(text, at + separator.Length)]
            : last ? [JinjaText.Empty, JinjaText.Empty, text] : [text, JinjaText.Empty, JinjaText.Empty];
        return new JinjaList(parts, IsTuple: true);
    }

    private static bool AnyAffix(Arguments arguments, Func<string, bool> holds) => arguments.Need(0, "prefix") switch
    {
        JinjaText affix => holds(affix.Value),
        JinjaList { IsTuple: true } several => several.Items.Any(item => item is JinjaText affix && holds(affix.Value)),
        var other => throw new JinjaException($"the affix must be a string or tuple, not '{ValueNames.Of(other)}'"),
    };

    private static JinjaText Remove(JinjaText text, string affix, bool atEnd)
    {
        bool holds = atEnd
            ? text.Value.EndsWith(affix, StringComparison.Ordinal)
            : text.Value.StartsWith(affix, StringComparison.Ordinal);
        return holds ? text.Slice(atEnd ? 0 : affix.Length, text.Value.Length - affix.Length) : text;
    }

    private static long Find(JinjaText text, string part, bool last)
    {
        int at = last ? text.Value.LastIndexOf(part, StringComparison.Ordinal) : text.Value.IndexOf(part, StringComparison.Ordinal);
        return at < 0 ? -1 : CodePoints.PointIndex(text, at);
    }

    private static object All(JinjaText text, Func<char, bool> holds) => text.Value.Length > 0 && text.Value.All(holds);

    private static IReadOnlyList<JinjaText> NeedTexts(Rendering rendering, object? value) =>
        [.. Operators.Iterate(rendering, value).Select(item => item as JinjaText
            ?? throw new JinjaException($"str.join() needs strings, found '{ValueNames.Of(item)}'"))];
}
