using System.Globalization;
using Tore.Mesh.Models.Chat.Jinja.Values;

namespace Tore.Mesh.Models.Chat.Jinja.Library;

/// <summary>Filters that give numbers.</summary>
internal static class NumberFilters
{
    private const NumberStyles IntegerStyle =
        NumberStyles.AllowLeadingSign | NumberStyles.AllowLeadingWhite | NumberStyles.AllowTrailingWhite;

    /// <summary><c>abs</c></summary>
    public static object Abs(object? value) => value switch
    {
        double number => (object)Math.Abs(number),
        _ when Operators.TryInteger(value, out long number) && number != long.MinValue => Math.Abs(number),
        _ => throw new JinjaException($"abs needs a number, not '{ValueNames.Of(value)}'"),
    };

    /// <summary><c>int(default, base)</c></summary>
    public static object? ToInteger(Rendering rendering, object? value, Arguments arguments)
    {
        object? fallback = arguments.Take(0, "default", 0L);
        if (arguments.TakeInteger(1, "base", 10) != 10)
        {
            throw new JinjaException("int(base) other than 10 is not supported");
        }
        return value switch
        {
            JinjaUndefined undefined => throw undefined.Fail(),
            JinjaText text when long.TryParse(text.Value, IntegerStyle, CultureInfo.InvariantCulture, out long number) => number,
            JinjaText text when TryFloat(text.Value, out double number) => Truncated(number, fallback),
            double number => Truncated(number, fallback),
            _ => Operators.TryInteger(value, out long number) ? number : fallback,
        };
    }

    /// <summary><c>float(default)</c></summary>
    public static object? ToFloat(Rendering rendering, object? value, Arguments arguments)
    {
        object? fallback = arguments.Take(0, "default", 0.0);
        return value switch
        {
            JinjaUndefined undefined => throw undefined.Fail(),
            JinjaText text => TryFloat(text.Value, out double number) ? number : fallback,
            _ => Operators.IsNumber(value) ? Operators.ToDouble(value) : fallback,
        };
    }

    /// <summary><c>round(precision, method)</c></summary>
    public static object Round(Rendering rendering, object? value, Arguments arguments)
    {
        long precision = arguments.TakeInteger(0, "precision", 0);
        string method = (arguments.Take(1, "method", null) as JinjaText)?.Value ?? "common";
        if (!Operators.IsNumber(value) || precision is < -15 or > 15)
        {
            throw new JinjaException($"round needs a number and a precision up to 15, not '{ValueNames.Of(value)}'");
        }
        double number = Operators.ToDouble(value);
        double scale = Math.Pow(10, precision);
        double rounded = method switch
        {
            "ceil" => Math.Ceiling(number * scale) / scale,
            "floor" => Math.Floor(number * scale) / scale,
            "common" when precision < 0 => Math.Round(number * scale, MidpointRounding.ToEven) / scale,
            "common" => double.Parse(number.ToString("F" + precision, CultureInfo.InvariantCulture), CultureInfo.InvariantCulture),
            _ => throw new JinjaException("round(method) must be common, ceil or floor"),
        };
        return method == "common" && precision == 0 && value is double ? Math.Round(number, MidpointRounding.ToEven)
            : method == "common" && value is not double ? (precision >= 0 ? value! : (long)rounded)
            : rounded;
    }

    private static bool TryFloat(string text, out double number)
    {
        bool named = text.AsSpan().Trim().TrimStart("+-") is { Length: > 0 } body && char.IsLetter(body[0]);
        return double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number) && !named;
    }

    private static object? Truncated(double number, object? fallback) =>
        double.IsFinite(number) && Math.Abs(number) < 9e18 ? (long)Math.Truncate(number) : fallback;
}
