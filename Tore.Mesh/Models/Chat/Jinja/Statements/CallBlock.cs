using Tore.Mesh.Models.Chat.Jinja.Expressions;

namespace Tore.Mesh.Models.Chat.Jinja.Statements;

/// <summary><c>{% call(a) f(b) %}...{% endcall %}</c>: calls a macro that finds the body as <c>caller</c>.</summary>
internal sealed class CallBlock(int line, Macro caller, Call call) : Statement(line)
{
    /// <inheritdoc/>
    protected override Flow Run(Scope scope)
    {
        object? text = call.Invoke(scope, [new KeyValuePair<string, object?>("caller", caller.Bind(scope))]);
        scope.Rendering.Output.Append(Printing.TextOf(scope.Rendering, text));
        return Flow.Next;
    }
}
