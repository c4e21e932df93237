using Tore.Mesh.Models.Chat.Jinja.Values;

namespace Tore.Mesh.Models.Chat.Jinja.Expressions;

/// <summary>A list or tuple: <c>[a, b]</c>, <c>(a, b)</c>.</summary>
internal sealed class Sequence(int line, IReadOnlyList<Expression> items, bool isTuple) : Expression(line)
{
    /// <inheritdoc/>
    protected override object? Value(Scope scope)
    {
        object?[] values = new object?[items.Count];
        for (int index = 0; index < values.Length; index++)
        {
            values[index] = items[index].Evaluate(scope);
        }
        return new JinjaList(values, isTuple);
    }
}
