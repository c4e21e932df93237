using Tore.Mesh.Models.Chat.Jinja.Values;

namespace Tore.Mesh.Models.Chat.Jinja.Expressions;

/// <summary><c>f(a, b=c)</c>.</summary>
internal sealed class Call(int line, Expression target, ArgumentList arguments) : Expression(line)
{
    /// <inheritdoc/>
    protected override object? Value(Scope scope) => Invoke(scope, []);

    /// <summary>Calls with further named arguments (<c>caller</c>, in a call block).</summary>
    public object? Invoke(Scope scope, IReadOnlyList<KeyValuePair<string, object?>> further)
    {
        object? callee = target.Evaluate(scope);
        JinjaCallable function = callee switch
        {
            JinjaCallable callable => callable,
            JinjaLoop loop => loop.AsCallable(),
            JinjaUndefined undefined => throw undefined.Fail(),
            _ => throw new JinjaException($"'{ValueNames.Of(callee)}' object is not callable"),
        };
        Arguments values = arguments.Evaluate(scope).With(further);
        scope.Rendering.Line = Line;
        object? result = function.Call(scope.Rendering, values);
        values.CheckAllTaken($"{function.Name}()");
        return result;
    }
}
