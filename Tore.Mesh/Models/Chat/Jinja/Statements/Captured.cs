using Tore.Mesh.Models.Chat.Jinja.Expressions;
using Tore.Mesh.Models.Chat.Jinja.Values;

namespace Tore.Mesh.Models.Chat.Jinja.Statements;

/// <summary>
/// A body whose text is caught and filtered: <c>{% set a | upper %}...{% endset %}</c>, or without a target
/// <c>{% filter upper %}...{% endfilter %}</c>.
/// </summary>
internal sealed class Captured(int line, Target? target, IReadOnlyList<Filter> filters, Block body) : Statement(line)
{
    /// <inheritdoc/>
    protected override Flow Run(Scope scope)
    {
        object? value = scope.Rendering.Capture(() => body.Execute(scope.Inner()));
        foreach (Filter filter in filters)
        {
            value = filter.Apply(scope, value);
        }
        if (target is null)
        {
            scope.Rendering.Output.Append(Printing.TextOf(scope.Rendering, value));
        }
        else
        {
            target.Assign(scope, value);
        }
        return Flow.Next;
    }
}
