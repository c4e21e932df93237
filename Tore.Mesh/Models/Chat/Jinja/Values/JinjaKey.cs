using System.Runtime.CompilerServices;

namespace Tore.Mesh.Models.Chat.Jinja.Values;

/// <summary>A key of a mapping, equal as Python's keys are: text by characters, 1 and 1.0 and true alike.</summary>
internal readonly struct JinjaKey : IEquatable<JinjaKey>
{
    /// <summary>Makes a key of a value that may be one.</summary>
    /// <exception cref="JinjaException">Lists, tuples and mappings cannot be keys here.</exception>
    public JinjaKey(object? value)
    {
        if (value is JinjaList or JinjaDict or JinjaUndefined)
        {
            throw new JinjaException($"a value of type '{ValueNames.Of(value)}' cannot be a key");
        }
        Value = value;
    }

    /// <summary>The value.</summary>
    public object? Value { get; }

    /// <inheritdoc/>
    public bool Equals(JinjaKey other) => Operators.AreSame(Value, other.Value);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is JinjaKey other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode() => Value switch
    {
        null => 0,
        JinjaText text => text.Value.GetHashCode(StringComparison.Ordinal),
        bool or long or double => Convert.ToDouble(Value, System.Globalization.CultureInfo.InvariantCulture).GetHashCode(),
        _ => RuntimeHelpers.GetHashCode(Value),
    };
}
