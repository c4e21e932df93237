using Tore.Mesh.Models.Chat.Jinja.Values;

namespace Tore.Mesh.Models.Chat.Jinja.Expressions;

/// <summary>A mapping: <c>{a: b}</c>.</summary>
internal sealed class Mapping(int line, IReadOnlyList<(Expression Key, Expression Value)> entries) : Expression(line)
{
    /// <inheritdoc/>
    protected override object? Value(Scope scope)
    {
        JinjaDict dict = new();
        foreach ((Expression key, Expression value) in entries)
        {
            object? name = key.Evaluate(scope);
            scope.Rendering.ChargeKey(name);
            dict.Set(name, value.Evaluate(scope));
        }
        return dict;
    }
}
