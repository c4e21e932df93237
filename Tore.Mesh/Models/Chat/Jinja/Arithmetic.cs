using Tore.Mesh.Models.Chat.Jinja.Library;
using Tore.Mesh.Models.Chat.Jinja.Values;

namespace Tore.Mesh.Models.Chat.Jinja;

/// <summary>The operators <c>+ - * / // % ** ~</c>, as Python has them, on integers of 64 bits.</summary>
internal static class Arithmetic
{
    /// <summary>Applies an operator.</summary>
    /// <exception cref="JinjaException">The types do not go together, a division by zero, or an integer beyond 64 bits.</exception>
    public static object? Apply(Rendering rendering, string symbol, object? left, object? right)
    {
        if (symbol == "~")
        {
            return new TextBuilder(rendering)
                .Append(Printing.TextOf(rendering, left)).Append(Printing.TextOf(rendering, right)).ToText();
        }
        if ((left as JinjaUndefined ?? right as JinjaUndefined) is { } undefined)
        {
            throw undefined.Fail();
        }
        switch (symbol, left, right)
        {
            case ("+", JinjaText a, JinjaText b):
                return new TextBuilder(rendering).Append(a).Append(b).ToText();
            case ("+", JinjaList a, JinjaList b) when a.IsTuple == b.IsTuple:
                rendering.Charge(8 * (a.Count + b.Count));
                return new JinjaList([.. a.Items, .. b.Items], a.IsTuple);
            case ("*", JinjaText or JinjaList, bool or long):
                return Repeat(rendering, left, right);
            case ("*", bool or long, JinjaText or JinjaList):
                return Repeat(rendering, right, left);
            case ("%", JinjaText format, _):
                return PercentFormat.Apply(rendering, format, right is JinjaList { IsTuple: true } tuple ? tuple.Items : [right]);
        }
        if (!Operators.IsNumber(left) || !Operators.IsNumber(right))
        {
            throw new JinjaException($"operator {symbol} does not go with '{ValueNames.Of(left)}' and '{ValueNames.Of(right)}'");
        }
        try
        {
            return Operators.TryInteger(left, out long x) && Operators.TryInteger(right, out long y)
                ? OnIntegers(symbol, x, y)
                : OnFloats(symbol, Operators.ToDouble(left), Operators.ToDouble(right));
        }
        catch (DivideByZeroException)
        {
            throw new JinjaException("division by zero");
        }
        catch (OverflowException)
        {
            throw new JinjaException("an integer beyond 64 bits");
        }
    }

    /// <summary>Unary minus and plus.</summary>
    public static object Sign(object? value, bool negative) => value switch
    {
        JinjaUndefined undefined => throw undefined.Fail(),
        double number => (object)(negative ? -number : number),
        _ when Operators.TryInteger(value, out long number) => number == long.MinValue && negative
            ? throw new JinjaException("an integer beyond 64 bits")
            : negative ? -number : number,
        _ => throw new JinjaException($"a sign does not go with '{ValueNames.Of(value)}'"),
    };

    private static object OnIntegers(string symbol, long x, long y) => symbol switch
    {
        "+" => checked(x + y),
        "-" => checked(x - y),
        "*" => checked(x * y),
        "/" => y == 0 ? throw new DivideByZeroException() : (object)((double)x / y),
        "//" => FloorDivide(x, y),
        "%" => y == -1 ? 0L : checked(x - (FloorDivide(x, y) * y)),
        _ => y < 0 ? (object)OnFloats(symbol, x, y) : Power(x, y),
    };

    private static double OnFloats(string symbol, double x, double y)
    {
        bool divides = symbol is "/" or "//" or "%";
        if ((divides && y == 0) || (symbol == "**" && x == 0 && y < 0))
        {
            throw new DivideByZeroException();
        }
        return symbol switch
        {
            "+" => x + y,
            "-" => x - y,
            "*" => x * y,
            "/" => x / y,
            "//" => Math.Floor(x / y),
            "%" => x - (Math.Floor(x / y) * y),
            _ => Math.Pow(x, y),
        };
    }

    private static long FloorDivide(long x, long y)
    {
        long quotient = checked(x / y);
        return x % y != 0 && (x < 0) != (y < 0) ? quotient - 1 : quotient;
    }

    private static long Power(long x, long y)
    {
        long result = 1;
        if (x is 0 or 1 or -1)
        {
            return y == 0 ? 1 : x == -1 && y % 2 == 0 ? 1 : x;
        }
        for (long count = 0; count < y; count++)
        {
            result = checked(result * x);
        }
        return result;
    }

    private static object Repeat(Rendering rendering, object? sequence, object? times)
    {
        Operators.TryInteger(times, out long count);
        if (sequence is JinjaText text)
        {
            TextBuilder builder = new(rendering);
            for (long index = 0; index < count && text.Value.Length > 0; index++)
            {
                builder.Append(text);
            }
            return builder.ToText();
        }
        JinjaList list = (JinjaList)sequence!;
        List<object?> items = [];
        for (long index = 0; index < count && list.Count > 0; index++)
        {
            rendering.Charge(8 * list.Count);
            items.AddRange(list.Items);
        }
        return new JinjaList(items, list.IsTuple);
    }
}
