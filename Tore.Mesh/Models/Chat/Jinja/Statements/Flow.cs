namespace Tore.Mesh.Models.Chat.Jinja.Statements;

/// <summary>What happens after a statement.</summary>
internal enum Flow
{
    /// <summary>The next statement.</summary>
    Next,

    /// <summary>The loop ends.</summary>
    Break,

    /// <summary>The next turn of the loop.</summary>
    Continue,
}
