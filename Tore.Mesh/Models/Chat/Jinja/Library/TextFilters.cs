using Tore.Mesh.Models.Chat.Jinja.Values;

namespace Tore.Mesh.Models.Chat.Jinja.Library;

/// <summary>Filters of text that take options.</summary>
internal static class TextFilters
{
    private const int WidestIndent = 1_000;

    /// <summary><c>trim(chars)</c></summary>
    public static object Trim(Rendering rendering, object? value, Arguments arguments)
    {
        string? characters = arguments.Take(0, "chars", null) is null ? null : arguments.NeedText(0, "chars").Value;
        JinjaText text = Printing.TextOf(rendering, value);
        rendering.ChargeSearch(text.Value.Length, characters?.Length ?? 1);
        return TextParts.Strip(text, characters, left: true, right: true);
    }

    /// <summary><c>replace(old, new, count)</c></summary>
    public static object Replace(Rendering rendering, object? value, Arguments arguments)
    {
        JinjaText old = Printing.TextOf(rendering, arguments.Need(0, "old"));
        JinjaText replacement = Printing.TextOf(rendering, arguments.Need(1, "new"));
        long count = arguments.Take(2, "count", null) is null ? -1 : arguments.TakeInteger(2, "count", -1);
        return TextParts.Replace(rendering, Printing.TextOf(rendering, value), old.Value, replacement, count);
    }

    /// <summary><c>indent(width, first, blank)</c></summary>
    public static object Indent(Rendering rendering, object? value, Arguments arguments)
    {
        object? width = arguments.Take(0, "width", 4L);
        bool first = arguments.TakeTruth(1, "first", false);
        bool blank = arguments.TakeTruth(2, "blank", false);
        JinjaText step = width as JinjaText ?? Spaces(arguments.TakeInteger(0, "width", 4));
        JinjaText text = Printing.TextOf(rendering, value);
        List<object?> lines = TextParts.Lines(rendering, text, keepEnds: false);
        bool endsWithLine = text.Value.Length == 0 || TextParts.Lines(rendering, text, keepEnds: true)[^1] is JinjaText last
            && lines[^1] is JinjaText bare && bare.Value.Length < last.Value.Length;
        if (endsWithLine)
        {
            lines.Add(JinjaText.Empty);
        }
        TextBuilder builder = new(rendering);
        for (int index = 0; index < lines.Count; index++)
        {
            JinjaText line = (JinjaText)lines[index]!;
            builder.Append(index > 0 ? "\n" : "");
            bool indented = index == 0 ? first : blank || line.Value.Length > 0;
            builder.Append(indented ? step : JinjaText.Empty).Append(line);
        }
        return builder.ToText();
    }

    /// <summary><c>center(width)</c></summary>
    public static object Center(Rendering rendering, object? value, Arguments arguments)
    {
        JinjaText text = Printing.TextOf(rendering, value);
        long width = Math.Min(arguments.TakeInteger(0, "width", 80), WidestIndent);
        long padding = Math.Max(0, width - text.PointCount);
        // Python puts the odd space left where the width is odd.
        long left = (padding / 2) + (padding & width & 1);
        return new TextBuilder(rendering).Append(Spaces(left)).Append(text).Append(Spaces(padding - left)).ToText();
    }

    private static JinjaText Spaces(long width) => width <= WidestIndent
        ? new JinjaText(new string(' ', (int)Math.Max(0, width)), trusted: true)
        : throw new JinjaException("a width is too large");
}
