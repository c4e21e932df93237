using Tore.Mesh.Models.Chat.Jinja.Library;

namespace Tore.Mesh.Models.Chat.Jinja.Expressions;

/// <summary><c>a.name</c>: an attribute or method, else the item of that name.</summary>
internal sealed class Member(int line, Expression target, string name) : Expression(line)
{
    /// <inheritdoc/>
    protected override object? Value(Scope scope) => Attributes.Get(scope.Rendering, target.Evaluate(scope), name);
}
