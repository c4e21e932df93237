using Tore.Mesh.Models.Chat.Jinja.Library;

namespace Tore.Mesh.Models.Chat.Jinja.Expressions;

/// <summary><c>a is name(b)</c>, <c>a is not name(b)</c>.</summary>
internal sealed class Test(int line, Expression operand, string name, ArgumentList arguments, bool negated) : Expression(line)
{
    /// <inheritdoc/>
    protected override object? Value(Scope scope)
    {
        object? value = operand.Evaluate(scope);
        Arguments values = arguments.Evaluate(scope);
        scope.Rendering.Line = Line;
        return Tests.Holds(scope.Rendering, name, value, values) != negated;
    }
}
