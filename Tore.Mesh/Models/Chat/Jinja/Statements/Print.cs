using Tore.Mesh.Models.Chat.Jinja.Expressions;

namespace Tore.Mesh.Models.Chat.Jinja.Statements;

/// <summary><c>{{ a }}</c></summary>
internal sealed class Print(int line, Expression value) : Statement(line)
{
    /// <inheritdoc/>
    protected override Flow Run(Scope scope)
    {
        scope.Rendering.Output.Append(Printing.TextOf(scope.Rendering, value.Evaluate(scope)));
        return Flow.Next;
    }
}
