namespace Tore.Mesh.Models.Chat.Jinja.Expressions;

/// <summary><c>-a</c>, <c>+a</c>.</summary>
internal sealed class Sign(int line, Expression operand, bool negative) : Expression(line)
{
    /// <inheritdoc/>
    protected override object? Value(Scope scope) => Arithmetic.Sign(operand.Evaluate(scope), negative);
}
