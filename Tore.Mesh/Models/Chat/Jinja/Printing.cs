using System.Globalization;
using Tore.Mesh.Models.Chat.Jinja.Values;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Models.Chat.Jinja;

/// <summary>Values as text: Python's <c>str</c> and <c>repr</c>.</summary>
internal static class Printing
{
    /// <summary><c>str(value)</c>, with its authors.</summary>
    public static JinjaText TextOf(Rendering rendering, object? value) => value switch
    {
        JinjaText text => text,
        JinjaUndefined => JinjaText.Empty,
        long or bool or double or null => new JinjaText(Plain(value), trusted: true),
        _ => Repr(rendering, value),
    };

    /// <summary><c>repr(value)</c>, with its authors.</summary>
    public static JinjaText Repr(Rendering rendering, object? value)
    {
        TextBuilder builder = new(rendering);
        WriteRepr(builder, rendering, value, 0);
        return builder.ToText();
    }

    /// <summary>A float as Python prints it: the shortest digits that read back, an exponent below 1e-4 and from 1e16.</summary>
    public static string Float(double number)
    {
        if (!double.IsFinite(number))
        {
            return double.IsNaN(number) ? "nan" : number > 0 ? "inf" : "-inf";
        }
        string digits = number.ToString("E16", CultureInfo.InvariantCulture);
        string shortest = number.ToString("R", CultureInfo.InvariantCulture);
        ReadOnlySpan<char> power = digits.AsSpan(digits.IndexOf('E') + 1);
        int exponent = number == 0 ? 0 : int.Parse(power, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture);
        if (exponent is >= -4 and < 16)
        {
            string fixedForm = shortest.Contains('E') ? Expand(shortest) : shortest;
            return fixedForm.Contains('.') ? fixedForm : fixedForm + ".0";
        }
        int mark = shortest.IndexOf('E');
        string mantissa = mark >= 0 ? shortest[..mark] : Mantissa(shortest);
        return $"{mantissa}e{(exponent < 0 ? '-' : '+')}{Math.Abs(exponent):00}";
    }

    private static string Expand(string scientific) =>
        decimal.Parse(scientific, NumberStyles.Float, CultureInfo.InvariantCulture).ToString(CultureInfo.InvariantCulture);

    private static string Mantissa(string plain)
    {
        string digits = plain.TrimStart('-').Replace(".", "", StringComparison.Ordinal).Trim('0');
        string sign = plain[0] == '-' ? "-" : "";
        return digits.Length > 1 ? $"{sign}{digits[0]}.{digits[1..]}" : sign + digits;
    }

    private static string Plain(object? value) => value switch
    {
        null => "None",
        bool truth => truth ? "True" : "False",
        long number => number.ToString(CultureInfo.InvariantCulture),
        _ => Float((double)value),
    };

    private static void WriteRepr(TextBuilder builder, Rendering rendering, object? value, int depth)
    {
        if (depth > Limits.TemplateDepth)
        {
            throw rendering.Limit($"prints values nested deeper than {Limits.TemplateDepth}");
        }
        switch (value)
        {
            case JinjaText text:
                WriteQuoted(builder, text);
                break;
            case JinjaList list:
                WriteItems(builder, rendering, list, depth);
                break;
            case JinjaDict dict:
                builder.Append("{");
                string between = "";
                foreach ((JinjaKey key, object? item) in dict.Entries)
                {
                    builder.Append(between);
                    WriteRepr(builder, rendering, key.Value, depth + 1);
                    builder.Append(": ");
                    WriteRepr(builder, rendering, item, depth + 1);
                    between = ", ";
                }
                builder.Append("}");
                break;
            case JinjaUndefined:
                builder.Append("Undefined");
                break;
            case null or bool or long or double:
                builder.Append(Plain(value));
                break;
            default:
                throw new JinjaException($"a '{ValueNames.Of(value)}' cannot be printed");
        }
    }

    private static void WriteItems(TextBuilder builder, Rendering rendering, JinjaList list, int depth)
    {
        builder.Append(list.IsTuple ? "(" : "[");
        for (int index = 0; index < list.Count; index++)
        {
            builder.Append(index > 0 ? ", " : "");
            WriteRepr(builder, rendering, list.Items[index], depth + 1);
        }
        builder.Append(!list.IsTuple ? "]" : list.Count == 1 ? ",)" : ")");
    }

    private static void WriteQuoted(TextBuilder builder, JinjaText text)
    {
        string quote = text.Value.Contains('\'') && !text.Value.Contains('"') ? "\"" : "'";
        builder.Append(quote);
        for (int index = 0; index < text.Value.Length;)
        {
            int length = CodePoints.LengthAt(text.Value, index);
            string? escape = length == 1 ? EscapeOf(text.Value[index], quote[0]) : null;
            if (escape is null)
            {
                builder.Append(text, index, length);
            }
            else
            {
                builder.Append(escape, text.TrustedAt(index));
            }
            index += length;
        }
        builder.Append(quote);
    }

    private static string? EscapeOf(char value, char quote) => value switch
    {
        '\n' => "\\n",
        '\r' => "\\r",
        '\t' => "\\t",
        '\\' => "\\\\",
        _ when value == quote => "\\" + quote,
        ' ' => null,
        _ => Escape(value),
    };

    private static string? Escape(char value)
    {
        bool printable = char.GetUnicodeCategory(value) is not (UnicodeCategory.Control or UnicodeCategory.Format
            or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
            or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator or UnicodeCategory.SpaceSeparator);
        return printable ? null : value < 256 ? $"\\x{(int)value:x2}" : $"\\u{(int)value:x4}";
    }
}
