using Tore.Mesh.Models.Chat.Jinja.Values;

namespace Tore.Mesh.Models.Chat.Jinja.Library;

/// <summary>Cutting and joining text; every piece keeps its authors.</summary>
internal static class TextParts
{
    /// <summary>Text without some characters at its ends; null means white space.</summary>
    public static JinjaText Strip(JinjaText text, string? characters, bool left, bool right)
    {
        string value = text.Value;
        bool Goes(char candidate) => characters is null
            ? CodePoints.IsSpace(candidate)
            : characters.Contains(candidate, StringComparison.Ordinal);
        int start = 0;
        int end = value.Length;
        while (left && start < end && Goes(value[start]))
        {
            start++;
        }
        while (right && end > start && Goes(value[end - 1]))
        {
            end--;
        }
        return text.Slice(start, end - start);
    }

    /// <summary>Text from an index on.</summary>
    public static JinjaText From(JinjaText text, int start) => text.Slice(start, text.Value.Length - start);

    /// <summary>Where a part occurs, left to right, apart; an empty part occurs between all characters.</summary>
    public static IEnumerable<int> Find(string text, string part)
    {
        for (int at = text.IndexOf(part, StringComparison.Ordinal); at >= 0;)
        {
            yield return at;
            int next = at + Math.Max(1, part.Length);
            at = next > text.Length ? -1 : text.IndexOf(part, next, StringComparison.Ordinal);
        }
    }

    /// <summary>Text with occurrences of one part replaced; a negative count means all.</summary>
    public static JinjaText Replace(Rendering rendering, JinjaText text, string old, JinjaText replacement, long count)
    {
        rendering.ChargeSearch(text.Value.Length, old.Length);
        TextBuilder builder = new(rendering);
        int done = 0;
        long left = count < 0 ? long.MaxValue : count;
        foreach (int at in Find(text.Value, old))
        {
            bool insidePair = old.Length == 0 && at > 0 && at < text.Value.Length && char.IsLowSurrogate(text.Value[at]);
            if (left-- <= 0)
            {
                break;
            }
            if (insidePair)
            {
                left++;
                continue;
            }
            rendering.Charge(1);
            builder.Append(text, done, at - done).Append(replacement);
            done = at + old.Length;
        }
        return builder.Append(text, done, text.Value.Length - done).ToText();
    }

    /// <summary>Texts with another between them.</summary>
    public static JinjaText Join(Rendering rendering, JinjaText between, IReadOnlyList<JinjaText> parts)
    {
        TextBuilder builder = new(rendering);
        for (int index = 0; index < parts.Count; index++)
        {
            rendering.Charge(1);
            builder.Append(index > 0 ? between : JinjaText.Empty).Append(parts[index]);
        }
        return builder.ToText();
    }

    /// <summary>Text cut at a separator, at most so many times; negative means everywhere.</summary>
    public static List<object?> Split(Rendering rendering, JinjaText text, string separator, long most, bool fromRight)
    {
        if (separator.Length == 0)
        {
            throw new JinjaException("empty separator");
        }
        List<object?> parts = [];
        string value = text.Value;
        if (!fromRight)
        {
            int done = 0;
            foreach (int at in Find(value, separator).TakeWhile(_ => most < 0 || parts.Count < most))
            {
                Add(rendering, parts, text, done, at);
                done = at + separator.Length;
            }
            Add(rendering, parts, text, done, value.Length);
            return parts;
        }
        int end = value.Length;
        while (end > 0 && (most < 0 || parts.Count < most))
        {
            int at = value.AsSpan(0, end).LastIndexOf(separator, StringComparison.Ordinal);
            if (at < 0)
            {
                break;
            }
            Add(rendering, parts, text, at + separator.Length, end);
            end = at;
        }
        Add(rendering, parts, text, 0, end);
        parts.Reverse();
        return parts;
    }

    /// <summary>Text cut at runs of white space; what the last allowed cut leaves keeps the space at its far end, as in Python.</summary>
    public static List<object?> SplitSpace(Rendering rendering, JinjaText text, long most, bool fromRight)
    {
        List<object?> parts = [];
        string value = text.Value;
        int start = fromRight ? 0 : SkipSpace(value, 0);
        int end = fromRight ? SkipSpaceBack(value, value.Length) : value.Length;
        while (start < end)
        {
            int cut = most >= 0 && parts.Count >= most ? -1
                : fromRight ? LastSpace(value, end) : FirstSpace(value, start);
            int partStart = fromRight && cut >= 0 ? cut + 1 : start;
            int partEnd = !fromRight && cut >= 0 ? cut : end;
            Add(rendering, parts, text, partStart, partEnd);
            start = fromRight ? start : cut < 0 ? end : SkipSpace(value, cut);
            end = !fromRight ? end : cut < 0 ? start : SkipSpaceBack(value, cut);
        }
        if (fromRight)
        {
            parts.Reverse();
        }
        return parts;
    }

    /// <summary>The lines of a text.</summary>
    public static List<object?> Lines(Rendering rendering, JinjaText text, bool keepEnds)
    {
        List<object?> lines = [];
        string value = text.Value;
        for (int start = 0; start < value.Length;)
        {
            int end = start;
            while (end < value.Length && !IsLineEnd(value[end]))
            {
                end++;
            }
            int next = end + (end + 1 < value.Length && value[end] == '\r' && value[end + 1] == '\n' ? 2 : end < value.Length ? 1 : 0);
            Add(rendering, lines, text, start, keepEnds ? next : end);
            start = next;
        }
        return lines;
    }

    private static bool IsLineEnd(char value) => value is '\n' or '\r' or '\v' or '\f' or '\x85' or '\u2028' or '\u2029'
        or (>= '\u001c' and <= '\u001e');

    private static int FirstSpace(string text, int index)
    {
        while (index < text.Length && !CodePoints.IsSpace(text[index]))
        {
            index++;
        }
        return index < text.Length ? index : -1;
    }

    private static int LastSpace(string text, int end)
    {
        int index = end - 1;
        while (index >= 0 && !CodePoints.IsSpace(text[index]))
        {
            index--;
        }
        return index;
    }

    private static int SkipSpace(string text, int index)
    {
        while (index < text.Length && CodePoints.IsSpace(text[index]))
        {
            index++;
        }
        return index;
    }

    private static int SkipSpaceBack(string text, int end)
    {
        while (end > 0 && CodePoints.IsSpace(text[end - 1]))
        {
            end--;
        }
        return end;
    }

    private static void Add(Rendering rendering, List<object?> parts, JinjaText text, int start, int end)
    {
        rendering.Charge(16);
        parts.Add(text.Slice(start, end - start));
    }
}
