using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;

namespace Tore.Mesh.Host.Cli;

/// <summary>Makes options whose mistakes are told in one clear sentence.</summary>
internal static class CliOptions
{
    /// <summary>A whole number within bounds; null when absent.</summary>
    public static Option<int?> Int(string name, string help, int min, int max = int.MaxValue) => Parsed<int?>(
        name, help, "N", max == int.MaxValue ? $"a whole number from {min}" : $"a whole number from {min} to {max}",
        text => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value) && value >= min
            && value <= max ? value : null);

    /// <summary>A number within bounds; null when absent.</summary>
    public static Option<float?> Number(string name, string help, float min, float max) => Parsed<float?>(
        name, help, "X", string.Create(CultureInfo.InvariantCulture, $"a number from {min} to {max}"),
        text => float.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out float value) && value >= min && value <= max
            ? value : null);

    /// <summary>A 64-bit seed; null when absent.</summary>
    public static Option<ulong?> Seed(string name, string help) => Parsed<ulong?>(
        name, help, "S", "a whole number from 0 to 2^64 - 1",
        text => ulong.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out ulong value) ? value : null);

    /// <summary>A number of bytes, plain or with K, M, G, KiB, MiB, GiB (all powers of 1024); null when absent.</summary>
    public static Option<long?> Bytes(string name, string help) => Parsed<long?>(
        name, help, "BYTES", "a number of bytes such as 6000000000, 512M or 2GiB",
            text => ByteSize.TryParse(text, out long value) ? value : null);

    /// <summary>A text; null when absent.</summary>
    public static Option<string?> Text(string name, string help, string valueName) =>
        new(name) { Description = help, HelpName = valueName };

    /// <summary>A text that may be given again; empty when absent.</summary>
    public static Option<string[]> Texts(string name, string help, string valueName) =>
        new(name) { Description = help, HelpName = valueName };

    /// <summary>One of a few words; null when absent.</summary>
    public static Option<string?> Choice(string name, string help, params string[] words) => Parsed(
        name, help, string.Join('|', words), "one of " + string.Join(", ", words), text => words.FirstOrDefault(w => w == text));

    /// <summary>The node's data folder; null when absent.</summary>
    public static Option<string?> Data() => Text("--data", "Data folder (default the user's own).", "DIR");

    /// <summary>Yes when given.</summary>
    public static Option<bool> Flag(string name, string help) => new(name) { Description = help };

    /// <summary>An argument that must be there.</summary>
    public static Argument<string> Required(string name, string help) => new(name) { Description = help };

    /// <summary>An argument that may be absent.</summary>
    public static Argument<string?> Optional(string name, string help) => new(name) { Description = help, Arity = ArgumentArity.ZeroOrOne };

    private static Option<T?> Parsed<T>(string name, string help, string valueName, string expected, Func<string, T?> parse) => new(name)
    {
        Description = help,
        HelpName = valueName,
        CustomParser = result => Parse(result, name, expected, parse),
    };

    private static T? Parse<T>(ArgumentResult result, string name, string expected, Func<string, T?> parse)
    {
        string text = result.Tokens.Count > 0 ? result.Tokens[0].Value : "";
        T? value = parse(text);
        if (value is null)
        {
            result.AddError($"{name} takes {expected}, not '{text}'.");
        }
        return value;
    }
}
