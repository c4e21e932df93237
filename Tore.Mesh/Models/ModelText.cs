using Tore.Mesh.Models.Chat;
using Tore.Mesh.Models.Tokenizers;

namespace Tore.Mesh.Models;

/// <summary>The text side of a model: its tokenizer and, where the file has one, its chat template.</summary>
public sealed class ModelText
{
    /// <summary>Joins the two.</summary>
    public ModelText(ITokenizer tokenizer, ChatTemplate? template)
    {
        Tokenizer = tokenizer;
        Template = template;
    }

    /// <summary>The tokenizer.</summary>
    public ITokenizer Tokenizer { get; }

    /// <summary>The chat template, or null where the file has none.</summary>
    public ChatTemplate? Template { get; }
}
