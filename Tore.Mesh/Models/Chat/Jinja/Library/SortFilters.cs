using System.Runtime.ExceptionServices;
using Tore.Mesh.Models.Chat.Jinja.Values;

namespace Tore.Mesh.Models.Chat.Jinja.Library;

/// <summary>
/// Filters that compare items: <c>sort</c>, <c>dictsort</c>, <c>unique</c>, <c>min</c>, <c>max</c>. Without case unless asked.
/// </summary>
internal static class SortFilters
{
    /// <summary><c>sort(reverse, case_sensitive, attribute)</c></summary>
    public static object Sort(Rendering rendering, object? value, Arguments arguments)
    {
        bool reverse = arguments.TakeTruth(0, "reverse", false);
        bool caseSensitive = arguments.TakeTruth(1, "case_sensitive", false);
        object? attribute = arguments.Take(2, "attribute", null);
        IReadOnlyList<object?> items = Operators.Iterate(rendering, value);
        return new JinjaList(Sorted(rendering, items, item => Key(rendering, item, attribute, caseSensitive), reverse));
    }

    /// <summary><c>dictsort(case_sensitive, by, reverse)</c></summary>
    public static object DictSort(Rendering rendering, object? value, Arguments arguments)
    {
        bool caseSensitive = arguments.TakeTruth(0, "case_sensitive", false);
        long place = (arguments.Take(1, "by", null) as JinjaText)?.Value == "value" ? 1 : 0;
        bool reverse = arguments.TakeTruth(2, "reverse", false);
        if (value is not JinjaDict dict)
        {
            throw new JinjaException($"dictsort needs a mapping, not '{ValueNames.Of(value)}'");
        }
        JinjaList items = DictMethods.Items(rendering, dict);
        return new JinjaList(Sorted(rendering, items.Items, item => Key(rendering, item, place, caseSensitive), reverse));
    }

    /// <summary><c>unique(case_sensitive, attribute)</c></summary>
    public static object Unique(Rendering rendering, object? value, Arguments arguments)
    {
        bool caseSensitive = arguments.TakeTruth(0, "case_sensitive", false);
        object? attribute = arguments.Take(1, "attribute", null);
        HashSet<JinjaKey> seen = [];
        List<object?> kept = [];
        foreach (object? item in Operators.Iterate(rendering, value))
        {
            object? key = Key(rendering, item, attribute, caseSensitive);
            rendering.ChargeKey(key);
            if (seen.Add(new JinjaKey(key)))
            {
                kept.Add(item);
            }
        }
        return new JinjaList(kept);
    }

    /// <summary><c>min</c> and <c>max(case_sensitive, attribute)</c></summary>
    public static object? Extreme(Rendering rendering, object? value, Arguments arguments, bool largest)
    {
        bool caseSensitive = arguments.TakeTruth(0, "case_sensitive", false);
        object? attribute = arguments.Take(1, "attribute", null);
        IReadOnlyList<object?> items = Operators.Iterate(rendering, value);
        object? best = items.Count > 0 ? items[0] : new JinjaUndefined("the sequence is empty");
        foreach (object? item in items.Skip(1))
        {
            int? order = Operators.Compare(
                rendering, Key(rendering, item, attribute, caseSensitive), Key(rendering, best, attribute, caseSensitive));
            best = largest ? order > 0 ? item : best : order < 0 ? item : best;
        }
        return best;
    }

    // OrderBy is stable, as Python's sort is, also in reverse.
    private static object?[] Sorted(Rendering rendering, IReadOnlyList<object?> items, Func<object?, object?> key, bool reverse)
    {
        Comparer<object?> comparer = Comparer<object?>.Create((left, right) =>
        {
            rendering.Charge(8);
            return Operators.Compare(rendering, left, right) ?? 0;
        });
        try
        {
            return [.. reverse ? items.OrderByDescending(key, comparer) : items.OrderBy(key, comparer)];
        }
        catch (InvalidOperationException wrapped)
        {
            // The sort wraps what the comparison throws; on its own it throws this where NaN has made the order inconsistent.
            ExceptionDispatchInfo.Throw(wrapped.InnerException ?? new JinjaException("the values have no order"));
            throw;
        }
    }

    private static object? Key(Rendering rendering, object? item, object? attribute, bool caseSensitive)
    {
        object? key = attribute is null ? item : Attributes.GetPath(rendering, item, attribute);
        return key is JinjaText text && !caseSensitive ? Casing.Lower(rendering, text) : key;
    }
}
