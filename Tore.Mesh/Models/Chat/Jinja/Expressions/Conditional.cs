using Tore.Mesh.Models.Chat.Jinja.Values;

namespace Tore.Mesh.Models.Chat.Jinja.Expressions;

/// <summary><c>a if condition else b</c>; without else, undefined.</summary>
internal sealed class Conditional(int line, Expression condition, Expression then, Expression? otherwise) : Expression(line)
{
    /// <inheritdoc/>
    protected override object? Value(Scope scope)
    {
        if (Operators.IsTrue(condition.Evaluate(scope)))
        {
            return then.Evaluate(scope);
        }
        return otherwise is null
            ? new JinjaUndefined("the inline if evaluated to false and has no else")
            : otherwise.Evaluate(scope);
    }
}
