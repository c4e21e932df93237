using Tore.Mesh.Models.Chat;

namespace Tore.Mesh.Pipelines.Text;

/// <summary>What a generation starts from.</summary>
public abstract record TextPrompt
{
    private TextPrompt()
    {
    }

    /// <summary>A text to continue; BOS is added where the vocabulary says so.</summary>
    public sealed record Plain(string Text) : TextPrompt;

    /// <summary>Token ids to continue, exactly as given.</summary>
    public sealed record Ids(IReadOnlyList<int> Tokens) : TextPrompt;

    /// <summary>A conversation, rendered by the model's own template, which the answer continues.</summary>
    public sealed record Chat(IReadOnlyList<ChatMessage> Messages) : TextPrompt;
}
