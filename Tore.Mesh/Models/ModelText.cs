using Tore.Mesh.Models.Chat;
using Tore.Mesh.Models.Gguf;
using Tore.Mesh.Models.Tokenizers;

namespace Tore.Mesh.Models;

/// <summary>The text side of a model: its tokenizer and, where the file has one, its chat template. Safe for many threads.</summary>
public sealed class ModelText
{
    /// <summary>Joins the two.</summary>
    public ModelText(ITokenizer tokenizer, ChatTemplate? template)
    {
        ArgumentNullException.ThrowIfNull(tokenizer);
        Tokenizer = tokenizer;
        Template = template;
    }

    /// <summary>The tokenizer.</summary>
    public ITokenizer Tokenizer { get; }

    /// <summary>The chat template, or null where the file has none.</summary>
    public ChatTemplate? Template { get; }

    /// <summary>Reads both from a model file's metadata; the file may be closed afterwards.</summary>
    /// <exception cref="Primitives.ToreException"><c>unknown_tokenizer</c>, or the vocabulary is malformed.</exception>
    public static ModelText Open(GgufFile file)
    {
        ArgumentNullException.ThrowIfNull(file);
        return new ModelText(TokenizerFactory.Make(VocabularyReader.Read(file.Metadata)), null);
    }
}
