using Tore.Mesh.Models.Tokenizers.PreTokenizers;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Models.Tokenizers;

/// <summary>Makes the tokenizer that a vocabulary asks for.</summary>
internal static class TokenizerFactory
{
    /// <summary>Makes it.</summary>
    /// <exception cref="ToreException">
    /// <c>unknown_tokenizer</c>, or <c>model_malformed</c>, <c>model_bad_value</c>, <c>model_limit</c> for a
    /// vocabulary that cannot be used.
    /// </exception>
    public static ITokenizer Make(VocabularyData data)
    {
        switch (data.Model)
        {
            case "llama":
                return new SentencePieceTokenizer(new Vocabulary(data), data);
            case "gpt2":
                PreTokenizerChoice choice = PreTokenizerChoice.Find(data.PreTokenizer);
                return new BpeTokenizer(new Vocabulary(data), data, choice);
            default:
                throw new ToreException(
                    ErrorCodes.UnknownTokenizer,
                    $"The file's tokenizer model '{Excerpt.Of(data.Model)}' is not known; known are llama (SentencePiece) and gpt2 "
                    + "(byte-level BPE).");
        }
    }
}
