namespace Tore.Mesh.Models.Chat.Jinja.Expressions;

/// <summary>A variable.</summary>
internal sealed class Name(int line, string name) : Expression(line)
{
    /// <inheritdoc/>
    protected override object? Value(Scope scope) => scope.Get(name);
}
