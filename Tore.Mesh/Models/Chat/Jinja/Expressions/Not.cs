namespace Tore.Mesh.Models.Chat.Jinja.Expressions;

/// <summary><c>not a</c>.</summary>
internal sealed class Not(int line, Expression operand) : Expression(line)
{
    /// <inheritdoc/>
    protected override object? Value(Scope scope) => !Operators.IsTrue(operand.Evaluate(scope));
}
