using Tore.Mesh.Models.Chat.Jinja.Expressions;

namespace Tore.Mesh.Models.Chat.Jinja.Statements;

/// <summary><c>{% set a = b %}</c></summary>
internal sealed class SetValue(int line, Target target, Expression value) : Statement(line)
{
    /// <inheritdoc/>
    protected override Flow Run(Scope scope)
    {
        target.Assign(scope, value.Evaluate(scope));
        return Flow.Next;
    }
}
