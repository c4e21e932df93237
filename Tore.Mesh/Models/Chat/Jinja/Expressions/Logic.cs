namespace Tore.Mesh.Models.Chat.Jinja.Expressions;

/// <summary><c>a and b and c</c>, <c>a or b or c</c>: the value of the operand that decides.</summary>
internal sealed class Logic(int line, IReadOnlyList<Expression> operands, bool isAnd) : Expression(line)
{
    /// <inheritdoc/>
    protected override object? Value(Scope scope)
    {
        object? value = null;
        foreach (Expression operand in operands)
        {
            value = operand.Evaluate(scope);
            if (Operators.IsTrue(value) != isAnd)
            {
                return value;
            }
        }
        return value;
    }
}
