using Tore.Mesh.Models.Chat.Jinja.Expressions;
using Tore.Mesh.Models.Chat.Jinja.Values;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Models.Chat.Jinja.Statements;

/// <summary><c>for target in items if condition recursive</c>, with its <c>else</c> for no turn at all.</summary>
internal sealed class For(
    int line, Target target, Expression items, Expression? condition, bool recursive, Block body, Block? otherwise) : Statement(line)
{
    /// <inheritdoc/>
    protected override Flow Run(Scope scope)
    {
        Loop(scope, items.Evaluate(scope), 0);
        return Flow.Next;
    }

    private void Loop(Scope scope, object? value, int depth)
    {
        IReadOnlyList<object?> values = Chosen(scope, Operators.Iterate(scope.Rendering, value));
        if (values.Count == 0)
        {
            otherwise?.Execute(scope.Inner());
            return;
        }
        JinjaLoop loop = new(values, depth, recursive ? Recurse : null);
        for (int index = 0; index < values.Count; index++)
        {
            scope.Rendering.Step(Line);
            loop.Index = index;
            Scope turn = scope.Inner();
            turn.Set("loop", loop);
            target.Assign(turn, values[index]);
            if (body.Execute(turn) == Flow.Break)
            {
                return;
            }
        }

        object Recurse(Rendering rendering, Arguments arguments)
        {
            object? inner = arguments.Need(0, "iterable");
            return depth < Limits.TemplateDepth
                ? rendering.Capture(() => Loop(scope, inner, depth + 1))
                : throw rendering.Limit($"recurses deeper than {Limits.TemplateDepth} levels");
        }
    }

    private IReadOnlyList<object?> Chosen(Scope scope, IReadOnlyList<object?> values)
    {
        if (condition is null)
        {
            return values;
        }
        List<object?> chosen = [];
        foreach (object? value in values)
        {
            Scope turn = scope.Inner();
            target.Assign(turn, value);
            if (Operators.IsTrue(condition.Evaluate(turn)))
            {
                chosen.Add(value);
            }
        }
        return chosen;
    }
}
