using Tore.Mesh.Models.Chat.Jinja.Library;

namespace Tore.Mesh.Models.Chat.Jinja.Expressions;

/// <summary><c>a | name(b)</c>. The name is looked up when it is reached: a template may hold what it never uses.</summary>
internal sealed class Filter(int line, Expression? operand, string name, ArgumentList arguments) : Expression(line)
{
    /// <summary>Applies it to a value.</summary>
    public object? Apply(Scope scope, object? value)
    {
        Arguments values = arguments.Evaluate(scope);
        scope.Rendering.Step(Line);
        return Filters.Apply(scope.Rendering, name, value, values);
    }

    /// <inheritdoc/>
    protected override object? Value(Scope scope) => Apply(scope, operand?.Evaluate(scope));
}
