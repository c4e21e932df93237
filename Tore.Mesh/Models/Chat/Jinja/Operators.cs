using Tore.Mesh.Models.Chat.Jinja.Values;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Models.Chat.Jinja;

/// <summary>Truth, equality, order and membership, as Python has them.</summary>
internal static class Operators
{
    /// <summary>Python's truth of a value.</summary>
    public static bool IsTrue(object? value) => value switch
    {
        null or JinjaUndefined => false,
        bool truth => truth,
        long number => number != 0,
        double number => number != 0,
        JinjaText text => text.Value.Length > 0,
        JinjaList list => list.Count > 0,
        JinjaDict dict => dict.Count > 0,
        _ => true,
    };

    /// <summary>Python's <c>==</c>.</summary>
    public static bool AreEqual(Rendering rendering, object? left, object? right, int depth = 0)
    {
        rendering.Charge(16);
        if (depth > Limits.TemplateDepth)
        {
            throw rendering.Limit($"compares values nested deeper than {Limits.TemplateDepth}");
        }
        return (left, right) switch
        {
            (JinjaText a, JinjaText b) => AreSameText(rendering, a, b),
            (JinjaList a, JinjaList b) => a.IsTuple == b.IsTuple && a.Count == b.Count
                && Enumerable.Range(0, a.Count).All(index => AreEqual(rendering, a.Items[index], b.Items[index], depth + 1)),
            (JinjaDict a, JinjaDict b) => a.Count == b.Count && a.Entries.All(
                entry => b.TryGet(entry.Key.Value, out object? other) && AreEqual(rendering, entry.Value, other, depth + 1)),
            (JinjaUndefined, JinjaUndefined) => true,
            _ => AreSame(left, right),
        };
    }

    /// <summary>Equality of what may be a key: text, numbers, none; anything else only with itself.</summary>
    public static bool AreSame(object? left, object? right) => (left, right) switch
    {
        (JinjaText a, JinjaText b) => string.Equals(a.Value, b.Value, StringComparison.Ordinal),
        _ when IsNumber(left) && IsNumber(right) => Order(left, right) == 0,
        _ => ReferenceEquals(left, right),
    };

    /// <summary>Whether a value is a number; truth values are.</summary>
    public static bool IsNumber(object? value) => value is bool or long or double;

    /// <summary>A number as an integer, where it is one.</summary>
    public static bool TryInteger(object? value, out long number)
    {
        number = value is bool truth ? (truth ? 1 : 0) : value as long? ?? 0;
        return value is bool or long;
    }

    /// <summary>A number as a float.</summary>
    public static double ToDouble(object? value) => TryInteger(value, out long number) ? number : (double)value!;

    /// <summary>Sign of left minus right; null where Python has no order (NaN).</summary>
    /// <exception cref="JinjaException">The types have no order.</exception>
    public static int? Compare(Rendering rendering, object? left, object? right)
    {
        if (IsNumber(left) && IsNumber(right))
        {
            return Order(left, right);
        }
        switch (left, right)
        {
            case (JinjaUndefined undefined, _):
                throw undefined.Fail();
            case (_, JinjaUndefined undefined):
                throw undefined.Fail();
            case (JinjaText a, JinjaText b):
                rendering.Charge(Math.Min(a.Value.Length, b.Value.Length) / 64);
                return CompareText(a.Value, b.Value);
            case (JinjaList a, JinjaList b) when a.IsTuple == b.IsTuple:
                for (int index = 0; index < a.Count && index < b.Count; index++)
                {
                    if (!AreEqual(rendering, a.Items[index], b.Items[index]))
                    {
                        return Compare(rendering, a.Items[index], b.Items[index]);
                    }
                }
                return a.Count.CompareTo(b.Count);
            default:
                throw new JinjaException($"'{ValueNames.Of(left)}' and '{ValueNames.Of(right)}' have no order");
        }
    }

    /// <summary>Python's <c>in</c>.</summary>
    public static bool Contains(Rendering rendering, object? item, object? container)
    {
        switch (container)
        {
            case JinjaText text:
                return item is JinjaText part
                    ? ContainsText(rendering, text, part)
                    : throw new JinjaException($"'in <string>' requires string as left operand, not {ValueNames.Of(item)}");
            case JinjaList list:
                rendering.Charge(list.Count);
                return list.Items.Any(candidate => AreEqual(rendering, candidate, item));
            case JinjaDict dict:
                rendering.ChargeKey(item);
                return dict.TryGet(item, out _);
            case JinjaUndefined:
                return false;
            default:
                throw new JinjaException($"argument of type '{ValueNames.Of(container)}' is not iterable");
        }
    }

    /// <summary>The items that a loop over a value sees.</summary>
    public static IReadOnlyList<object?> Iterate(Rendering rendering, object? value)
    {
        switch (value)
        {
            case JinjaList list:
                rendering.Charge(list.Count);
                return list.Items;
            case JinjaDict dict:
                rendering.Charge(dict.Count);
                return [.. dict.Keys];
            case JinjaText text:
                rendering.Charge(text.Value.Length * 16L);
                return CodePoints.Split(text);
            case JinjaUndefined:
                return [];
            default:
                throw new JinjaException($"'{ValueNames.Of(value)}' object is not iterable");
        }
    }

    private static bool AreSameText(Rendering rendering, JinjaText a, JinjaText b)
    {
        rendering.Charge(a.Value.Length == b.Value.Length ? a.Value.Length / 64 : 0);
        return string.Equals(a.Value, b.Value, StringComparison.Ordinal);
    }

    private static bool ContainsText(Rendering rendering, JinjaText text, JinjaText part)
    {
        rendering.ChargeSearch(text.Value.Length, part.Value.Length);
        return text.Value.Contains(part.Value, StringComparison.Ordinal);
    }

    // Code points, not UTF-16 units: a surrogate ranks above the rest of the basic plane.
    private static int CompareText(string left, string right)
    {
        int length = Math.Min(left.Length, right.Length);
        int at = left.AsSpan(0, length).CommonPrefixLength(right.AsSpan(0, length));
        if (at == length)
        {
            return left.Length.CompareTo(right.Length);
        }
        bool leftHigh = char.IsSurrogate(left[at]);
        return leftHigh == char.IsSurrogate(right[at]) ? left[at].CompareTo(right[at]) : leftHigh ? 1 : -1;
    }

    private static int? Order(object? left, object? right)
    {
        if (TryInteger(left, out long a) && TryInteger(right, out long b))
        {
            return a.CompareTo(b);
        }
        double x = ToDouble(left);
        double y = ToDouble(right);
        return double.IsNaN(x) || double.IsNaN(y) ? null : x.CompareTo(y);
    }
}
