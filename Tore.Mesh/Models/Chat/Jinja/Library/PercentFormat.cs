using System.Globalization;
using Tore.Mesh.Models.Chat.Jinja.Values;

namespace Tore.Mesh.Models.Chat.Jinja.Library;

/// <summary>Python's <c>'%s' % value</c>: <c>%s %r %d %i %f %x %%</c> with width, precision, and the flags <c>-</c> and <c>0</c>.</summary>
internal static class PercentFormat
{
    private const int WidestField = 1_000;

    /// <summary>Formats values.</summary>
    public static JinjaText Apply(Rendering rendering, JinjaText format, IReadOnlyList<object?> values)
    {
        TextBuilder builder = new(rendering);
        string text = format.Value;
        int used = 0;
        int index = 0;
        while (index < text.Length)
        {
            int percent = text.IndexOf('%', index);
            int end = percent < 0 ? text.Length : percent;
            builder.Append(format, index, end - index);
            if (percent < 0)
            {
                break;
            }
            (bool left, bool zero, int width, int precision, char kind, index) = Field(text, percent + 1);
            if (kind == '%')
            {
                builder.Append("%");
                continue;
            }
            if (used == values.Count)
            {
                throw new JinjaException("not enough arguments for format string");
            }
            JinjaText shown = Show(rendering, values[used++], kind, precision);
            int padding = Math.Max(0, width - shown.PointCount);
            bool negative = zero && !left && shown.Value.StartsWith('-');
            builder.Append(negative ? "-" : "");
            builder.Append(left ? "" : new string(zero && kind is not ('s' or 'r') ? '0' : ' ', padding));
            builder.Append(negative ? TextParts.From(shown, 1) : shown);
            builder.Append(left ? new string(' ', padding) : "");
        }
        return used == values.Count
            ? builder.ToText()
            : throw new JinjaException("not all arguments converted during string formatting");
    }

    private static (bool Left, bool Zero, int Width, int Precision, char Kind, int End) Field(string text, int index)
    {
        bool left = false;
        bool zero = false;
        while (index < text.Length && text[index] is '-' or '0')
        {
            left |= text[index] == '-';
            zero |= text[index] == '0';
            index++;
        }
        int width = Digits(text, ref index);
        int precision = -1;
        if (index < text.Length && text[index] == '.')
        {
            index++;
            precision = Digits(text, ref index);
        }
        char kind = index < text.Length ? text[index] : '\0';
        return kind is 's' or 'r' or 'd' or 'i' or 'f' or 'x' or '%'
            ? (left, zero, width, precision, kind, index + 1)
            : throw new JinjaException("a field of a format string is not supported");
    }

    private static int Digits(string text, ref int index)
    {
        int value = 0;
        while (index < text.Length && char.IsAsciiDigit(text[index]))
        {
            value = (value * 10) + (text[index++] - '0');
            if (value > WidestField)
            {
                throw new JinjaException("a field of a format string is too wide");
            }
        }
        return value;
    }

    private static JinjaText Show(Rendering rendering, object? value, char kind, int precision)
    {
        if (kind is 's' or 'r')
        {
            JinjaText text = kind == 's' ? Printing.TextOf(rendering, value) : Printing.Repr(rendering, value);
            return precision >= 0 && precision < text.PointCount
                ? (JinjaText)Slicing.Slice(rendering, text, 0, precision, null)
                : text;
        }
        if (!Operators.IsNumber(value))
        {
            throw new JinjaException($"%{kind} needs a number, not '{ValueNames.Of(value)}'");
        }
        double number = Operators.ToDouble(value);
        string shown = kind switch
        {
            'f' => number.ToString("F" + (precision < 0 ? 6 : precision), CultureInfo.InvariantCulture),
            'x' when Operators.TryInteger(value, out long integer) => integer < 0 ? $"-{-integer:x}" : $"{integer:x}",
            _ when Operators.TryInteger(value, out long integer) => integer.ToString(CultureInfo.InvariantCulture),
            'd' or 'i' when Math.Abs(number) < 9e18 => ((long)number).ToString(CultureInfo.InvariantCulture),
            _ => throw new JinjaException($"%{kind} does not go with this number"),
        };
        return new JinjaText(shown, trusted: true);
    }
}
