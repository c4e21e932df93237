using Tore.Mesh.Models.Chat.Jinja.Library;

namespace Tore.Mesh.Models.Chat.Jinja.Expressions;

/// <summary><c>a[b]</c>: an item, else the attribute of that name.</summary>
internal sealed class Item(int line, Expression target, Expression index) : Expression(line)
{
    /// <inheritdoc/>
    protected override object? Value(Scope scope)
    {
        object? container = target.Evaluate(scope);
        return Attributes.GetItem(scope.Rendering, container, index.Evaluate(scope));
    }
}
