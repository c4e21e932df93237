namespace Tore.Mesh.Models.Chat.Jinja.Statements;

/// <summary>Text outside tags.</summary>
internal sealed class Data(int line, string text) : Statement(line)
{
    /// <inheritdoc/>
    protected override Flow Run(Scope scope)
    {
        scope.Rendering.Output.Append(text);
        return Flow.Next;
    }
}
