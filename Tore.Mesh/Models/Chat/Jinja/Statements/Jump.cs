namespace Tore.Mesh.Models.Chat.Jinja.Statements;

/// <summary><c>break</c> or <c>continue</c>.</summary>
internal sealed class Jump(int line, Flow flow) : Statement(line)
{
    /// <inheritdoc/>
    protected override Flow Run(Scope scope) => flow;
}
