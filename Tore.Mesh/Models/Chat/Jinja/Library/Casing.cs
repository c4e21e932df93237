using System.Text;
using Tore.Mesh.Models.Chat.Jinja.Values;

namespace Tore.Mesh.Models.Chat.Jinja.Library;

/// <summary>
/// Upper and lower case without a culture. Of the characters whose other case is several characters, those of Latin script are
/// known; final sigma is not told apart.
/// </summary>
internal static class Casing
{
    private static readonly Dictionary<char, string> LongUpper = new()
    {
        ['ß'] = "SS",
        ['ŉ'] = "ʼN",
        ['ǰ'] = "J̌",
        ['ẖ'] = "H̱",
        ['ẗ'] = "T̈",
        ['ẘ'] = "W̊",
        ['ẙ'] = "Y̊",
        ['ẚ'] = "Aʾ",
        ['ﬀ'] = "FF",
        ['ﬁ'] = "FI",
        ['ﬂ'] = "FL",
        ['ﬃ'] = "FFI",
        ['ﬄ'] = "FFL",
        ['ﬅ'] = "ST",
        ['ﬆ'] = "ST",
        ['և'] = "ԵՒ",
    };

    /// <summary><c>str.upper()</c></summary>
    public static JinjaText Upper(Rendering rendering, JinjaText text) => Map(rendering, text, (_, rune) => ToUpper(rune));

    /// <summary><c>str.lower()</c></summary>
    public static JinjaText Lower(Rendering rendering, JinjaText text) => Map(rendering, text, (_, rune) => ToLower(rune));

    /// <summary><c>str.capitalize()</c></summary>
    public static JinjaText Capitalize(Rendering rendering, JinjaText text) =>
        Map(rendering, text, (index, rune) => index == 0 ? ToTitle(rune) : ToLower(rune));

    /// <summary><c>str.title()</c>: a letter after a character without case is upper.</summary>
    public static JinjaText Title(Rendering rendering, JinjaText text)
    {
        bool afterLetter = false;
        return Map(rendering, text, (_, rune) =>
        {
            string mapped = afterLetter ? ToLower(rune) : ToTitle(rune);
            afterLetter = Rune.IsLetter(rune) && IsCased(rune);
            return mapped;
        });
    }

    /// <summary>The filter <c>title</c>: words begin after white space, hyphens and opening brackets.</summary>
    public static JinjaText TitleWords(Rendering rendering, JinjaText text)
    {
        bool first = true;
        return Map(rendering, text, (_, rune) =>
        {
            bool between = rune.Value is '-' or '(' or '{' or '[' or '<' || (rune.IsBmp && CodePoints.IsSpace((char)rune.Value));
            string mapped = first ? ToUpper(rune) : ToLower(rune);
            first = between;
            return mapped;
        });
    }

    /// <summary><c>str.isupper()</c></summary>
    public static bool IsUpper(JinjaText text) =>
        text.Value.EnumerateRunes().Any(Rune.IsUpper) && !text.Value.EnumerateRunes().Any(Rune.IsLower);

    /// <summary><c>str.islower()</c></summary>
    public static bool IsLower(JinjaText text) =>
        text.Value.EnumerateRunes().Any(Rune.IsLower) && !text.Value.EnumerateRunes().Any(Rune.IsUpper);

    private static bool IsCased(Rune rune) => Rune.ToUpperInvariant(rune) != rune || Rune.ToLowerInvariant(rune) != rune;

    private static JinjaText Map(Rendering rendering, JinjaText text, Func<int, Rune, string> map)
    {
        TextBuilder builder = new(rendering);
        int index = 0;
        foreach (Rune rune in text.Value.EnumerateRunes())
        {
            builder.Append(map(index, rune), text.TrustedAt(index));
            index += rune.Utf16SequenceLength;
        }
        return builder.ToText();
    }

    private static string ToUpper(Rune rune) =>
        rune.IsBmp && LongUpper.TryGetValue((char)rune.Value, out string? several) ? several : Rune.ToUpperInvariant(rune).ToString();

    private static string ToTitle(Rune rune)
    {
        string upper = ToUpper(rune);
        return rune.IsBmp && LongUpper.ContainsKey((char)rune.Value) && upper.All(char.IsAsciiLetter)
            ? upper[..1] + upper[1..].ToLowerInvariant()
            : upper;
    }

    private static string ToLower(Rune rune) => rune.Value == 'İ' ? "i̇" : Rune.ToLowerInvariant(rune).ToString();
}
