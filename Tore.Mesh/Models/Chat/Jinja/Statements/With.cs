using Tore.Mesh.Models.Chat.Jinja.Expressions;

namespace Tore.Mesh.Models.Chat.Jinja.Statements;

/// <summary><c>{% with a = b %}...{% endwith %}</c>: variables of a block of its own.</summary>
internal sealed class With(int line, IReadOnlyList<(Target Target, Expression Value)> variables, Block body) : Statement(line)
{
    /// <inheritdoc/>
    protected override Flow Run(Scope scope)
    {
        Scope inner = scope.Inner();
        foreach ((Target target, Expression value) in variables)
        {
            target.Assign(inner, value.Evaluate(scope));
        }
        return body.Execute(inner);
    }
}
