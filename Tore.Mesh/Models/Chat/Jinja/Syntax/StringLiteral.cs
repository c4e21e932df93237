using System.Globalization;
using System.Text;

namespace Tore.Mesh.Models.Chat.Jinja.Syntax;

/// <summary>Reads the escapes of string literals, which are Python's.</summary>
internal static class StringLiteral
{
    /// <summary>The text that a literal between its quotes stands for.</summary>
    public static string Unescape(string raw, int line)
    {
        if (!raw.Contains('\\'))
        {
            return raw;
        }
        StringBuilder text = new(raw.Length);
        for (int index = 0; index < raw.Length; index++)
        {
            if (raw[index] != '\\')
            {
                text.Append(raw[index]);
                continue;
            }
            index++;
            char escape = raw[index];
            int digits = escape switch { 'x' => 2, 'u' => 4, 'U' => 8, _ => 0 };
            if (digits > 0)
            {
                AppendHex(text, raw, index + 1, digits, line);
                index += digits;
            }
            else if (escape is >= '0' and <= '7')
            {
                index = AppendOctal(text, raw, index);
            }
            else
            {
                AppendSimple(text, escape, line);
            }
        }
        return text.ToString();
    }

    private static void AppendSimple(StringBuilder text, char escape, int line)
    {
        switch (escape)
        {
            case '\n':
                break;
            case 'N':
                throw new JinjaException("characters by name (\\N{...}) are not supported", line);
            default:
                const string Letters = "abfnrtv\\'\"";
                const string Meanings = "\a\b\f\n\r\t\v\\'\"";
                int known = Letters.IndexOf(escape, StringComparison.Ordinal);
                _ = known >= 0 ? text.Append(Meanings[known]) : text.Append('\\').Append(escape);
                break;
        }
    }

    private static void AppendHex(StringBuilder text, string raw, int start, int digits, int line)
    {
        if (start + digits > raw.Length || !uint.TryParse(
            raw.AsSpan(start, digits), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out uint point) || point > 0x10FFFF)
        {
            throw new JinjaException("an escape in a string is cut off or out of range", line);
        }
        _ = point < 0x10000 ? text.Append((char)point) : text.Append(char.ConvertFromUtf32((int)point));
    }

    private static int AppendOctal(StringBuilder text, string raw, int index)
    {
        int value = 0;
        int end = index;
        while (end < raw.Length && end < index + 3 && raw[end] is >= '0' and <= '7')
        {
            value = (value * 8) + (raw[end++] - '0');
        }
        text.Append((char)value);
        return end - 1;
    }
}
