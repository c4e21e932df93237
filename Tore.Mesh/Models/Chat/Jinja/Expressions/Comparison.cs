namespace Tore.Mesh.Models.Chat.Jinja.Expressions;

/// <summary>Comparisons in a row, each between neighbours: <c>a &lt; b &lt;= c</c>, <c>a in b</c>, <c>a not in b</c>.</summary>
internal sealed class Comparison(int line, Expression first, IReadOnlyList<(string Symbol, Expression Operand)> rest) : Expression(line)
{
    /// <inheritdoc/>
    protected override object? Value(Scope scope)
    {
        object? left = first.Evaluate(scope);
        foreach ((string symbol, Expression operand) in rest)
        {
            object? right = operand.Evaluate(scope);
            if (!Holds(scope.Rendering, symbol, left, right))
            {
                return false;
            }
            left = right;
        }
        return true;
    }

    private static bool Holds(Rendering rendering, string symbol, object? left, object? right) => symbol switch
    {
        "==" => Operators.AreEqual(rendering, left, right),
        "!=" => !Operators.AreEqual(rendering, left, right),
        "<" => Operators.Compare(rendering, left, right) < 0,
        "<=" => Operators.Compare(rendering, left, right) <= 0,
        ">" => Operators.Compare(rendering, left, right) > 0,
        ">=" => Operators.Compare(rendering, left, right) >= 0,
        "in" => Operators.Contains(rendering, left, right),
        _ => !Operators.Contains(rendering, left, right),
    };
}
