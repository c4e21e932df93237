using Tore.Mesh.Models.Chat.Jinja.Values;

namespace Tore.Mesh.Models.Chat.Jinja.Expressions;

/// <summary><c>a[start:stop:step]</c>.</summary>
internal sealed class Slice(int line, Expression target, Expression? start, Expression? stop, Expression? step) : Expression(line)
{
    /// <inheritdoc/>
    protected override object? Value(Scope scope)
    {
        object? sequence = target.Evaluate(scope);
        return Slicing.Slice(scope.Rendering, sequence, Bound(scope, start), Bound(scope, stop), Bound(scope, step));
    }

    private static long? Bound(Scope scope, Expression? bound)
    {
        object? value = bound?.Evaluate(scope);
        return value is null ? null
            : Operators.TryInteger(value, out long number) ? number
            : throw new JinjaException($"slice indices must be integers, not '{ValueNames.Of(value)}'");
    }
}
