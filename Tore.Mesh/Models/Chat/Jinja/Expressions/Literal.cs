namespace Tore.Mesh.Models.Chat.Jinja.Expressions;

/// <summary>A constant.</summary>
internal sealed class Literal(int line, object? value) : Expression(line)
{
    /// <inheritdoc/>
    protected override object? Value(Scope scope) => value;
}
