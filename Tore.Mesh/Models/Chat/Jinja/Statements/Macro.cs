using Tore.Mesh.Models.Chat.Jinja.Expressions;
using Tore.Mesh.Models.Chat.Jinja.Values;

namespace Tore.Mesh.Models.Chat.Jinja.Statements;

/// <summary><c>{% macro name(a, b=c) %}...{% endmacro %}</c>: a function that gives the text of its body.</summary>
internal sealed class Macro(int line, string name, IReadOnlyList<(string Name, Expression? Default)> parameters, Block body)
    : Statement(line)
{
    /// <summary>The macro as a function that sees the variables of a scope.</summary>
    public JinjaCallable Bind(Scope scope) => new(name, (rendering, arguments) =>
    {
        Scope inner = scope.Inner();
        for (int index = 0; index < parameters.Count; index++)
        {
            (string parameter, Expression? fallback) = parameters[index];
            if (!arguments.TryTake(index, parameter, out object? value))
            {
                value = fallback is null ? new JinjaUndefined($"parameter '{parameter}' was not provided") : fallback.Evaluate(inner);
            }
            inner.Set(parameter, value);
        }
        object? caller = arguments.Take(int.MaxValue, "caller", null);
        inner.Set("caller", caller ?? new JinjaUndefined("'caller' is undefined: the macro is called without a call block"));
        return rendering.Capture(() => body.Execute(inner));
    });

    /// <inheritdoc/>
    protected override Flow Run(Scope scope)
    {
        scope.Set(name, Bind(scope));
        return Flow.Next;
    }
}
