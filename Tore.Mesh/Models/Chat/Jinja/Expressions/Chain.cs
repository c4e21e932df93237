namespace Tore.Mesh.Models.Chat.Jinja.Expressions;

/// <summary>
/// Operators of one rank in a row, from left to right: <c>a + b - c</c>. A row, not a tree, so that a long one nests no deeper.
/// </summary>
internal sealed class Chain(int line, Expression first, IReadOnlyList<(string Symbol, Expression Operand)> rest) : Expression(line)
{
    /// <inheritdoc/>
    protected override object? Value(Scope scope)
    {
        object? value = first.Evaluate(scope);
        foreach ((string symbol, Expression operand) in rest)
        {
            object? right = operand.Evaluate(scope);
            scope.Rendering.Step(Line);
            value = Arithmetic.Apply(scope.Rendering, symbol, value, right);
        }
        return value;
    }
}
