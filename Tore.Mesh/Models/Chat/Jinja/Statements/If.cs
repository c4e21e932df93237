using Tore.Mesh.Models.Chat.Jinja.Expressions;

namespace Tore.Mesh.Models.Chat.Jinja.Statements;

/// <summary><c>if</c>, <c>elif</c>, <c>else</c>: a row of branches, of which the last may have no condition.</summary>
internal sealed class If(int line, IReadOnlyList<(Expression? Condition, Block Body)> branches) : Statement(line)
{
    /// <inheritdoc/>
    protected override Flow Run(Scope scope)
    {
        foreach ((Expression? condition, Block body) in branches)
        {
            if (condition is null || Operators.IsTrue(condition.Evaluate(scope)))
            {
                return body.Execute(scope);
            }
        }
        return Flow.Next;
    }
}
