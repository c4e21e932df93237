using Tore.Mesh.Models.Chat.Jinja.Values;

namespace Tore.Mesh.Models.Chat.Jinja.Library;

/// <summary>The tests after <c>is</c>.</summary>
internal static class Tests
{
    private delegate bool Rule(Rendering rendering, object? value, Arguments arguments);

    private static readonly Dictionary<string, Rule> Known = new()
    {
        ["defined"] = (_, value, _) => value is not JinjaUndefined,
        ["undefined"] = (_, value, _) => value is JinjaUndefined,
        ["none"] = (_, value, _) => value is null,
        ["boolean"] = (_, value, _) => value is bool,
        ["true"] = (_, value, _) => value is true,
        ["false"] = (_, value, _) => value is false,
        ["integer"] = (_, value, _) => value is long,
        ["float"] = (_, value, _) => value is double,
        ["number"] = (_, value, _) => Operators.IsNumber(value),
        ["string"] = (_, value, _) => value is JinjaText,
        ["mapping"] = (_, value, _) => value is JinjaDict,
        ["sequence"] = (_, value, _) => value is JinjaText or JinjaList or JinjaDict or JinjaUndefined,
        ["iterable"] = (_, value, _) => value is JinjaText or JinjaList or JinjaDict or JinjaUndefined,
        ["callable"] = (_, value, _) => value is JinjaCallable,
        ["even"] = (_, value, _) => Remainder(value, 2L) == 0,
        ["odd"] = (_, value, _) => Remainder(value, 2L) == 1,
        ["divisibleby"] = (_, value, arguments) => Remainder(value, arguments.Need(0, "num")) == 0,
        ["upper"] = (rendering, value, _) => Casing.IsUpper(Printing.TextOf(rendering, value)),
        ["lower"] = (rendering, value, _) => Casing.IsLower(Printing.TextOf(rendering, value)),
        ["in"] = (rendering, value, arguments) => Operators.Contains(rendering, value, arguments.Need(0, "seq")),
        ["sameas"] = (_, value, arguments) => IsSame(value, arguments.Need(0, "other")),
        ["filter"] = (_, value, _) => value is JinjaText name && Filters.IsKnown(name.Value),
        ["test"] = (_, value, _) => value is JinjaText name && IsKnown(name.Value),
        ["escaped"] = (_, _, _) => false,
        ["eq"] = AreEqual,
        ["ne"] = (rendering, value, arguments) => !AreEqual(rendering, value, arguments),
        ["lt"] = (rendering, value, arguments) => Operators.Compare(rendering, value, arguments.Need(0, "b")) < 0,
        ["le"] = (rendering, value, arguments) => Operators.Compare(rendering, value, arguments.Need(0, "b")) <= 0,
        ["gt"] = (rendering, value, arguments) => Operators.Compare(rendering, value, arguments.Need(0, "b")) > 0,
        ["ge"] = (rendering, value, arguments) => Operators.Compare(rendering, value, arguments.Need(0, "b")) >= 0,
    };

    private static readonly Dictionary<string, string> Aliases = new()
    {
        ["equalto"] = "eq",
        ["=="] = "eq",
        ["!="] = "ne",
        ["lessthan"] = "lt",
        ["<"] = "lt",
        ["<="] = "le",
        ["greaterthan"] = "gt",
        [">"] = "gt",
        [">="] = "ge",
    };

    /// <summary>Whether there is a test of this name.</summary>
    public static bool IsKnown(string name) => Known.ContainsKey(Aliases.GetValueOrDefault(name, name));

    /// <summary>Whether a test holds.</summary>
    public static bool Holds(Rendering rendering, string name, object? value, Arguments arguments)
    {
        if (!Known.TryGetValue(Aliases.GetValueOrDefault(name, name), out Rule? rule))
        {
            throw new JinjaException($"the test '{Tokenizers.Excerpt.Of(name)}' is not supported");
        }
        bool holds = rule(rendering, value, arguments);
        arguments.CheckAllTaken($"the test '{name}'");
        return holds;
    }

    private static bool AreEqual(Rendering rendering, object? value, Arguments arguments) =>
        Operators.AreEqual(rendering, value, arguments.Need(0, "b"));

    private static bool IsSame(object? value, object? other) =>
        value?.GetType() == other?.GetType() && Operators.AreSame(value, other);

    private static long Remainder(object? value, object? by)
    {
        if (value is JinjaUndefined undefined)
        {
            throw undefined.Fail();
        }
        if (!Operators.TryInteger(value, out long number) || !Operators.TryInteger(by, out long divisor) || divisor == 0)
        {
            throw new JinjaException($"a remainder needs integers, not '{ValueNames.Of(value)}'");
        }
        return divisor == -1 ? 0 : ((number % divisor) + divisor) % divisor;
    }
}
