using Tore.Mesh.Models.Tokenizers;

namespace Tore.Mesh.Tests.Models.Tokenizers;

/// <summary>Small vocabularies for tests.</summary>
internal static class VocabularyBuilder
{
    /// <summary>A SentencePiece vocabulary: unknown, BOS, EOS, all bytes if asked, then pieces of falling score.</summary>
    public static VocabularyData SentencePiece(bool bytes, params string[] pieces)
    {
        List<string> tokens = ["<unk>", "<s>", "</s>"];
        List<int> kinds = [2, 3, 3];
        for (int value = 0; bytes && value < 256; value++)
        {
            tokens.Add($"<0x{value:X2}>");
            kinds.Add(6);
        }
        tokens.AddRange(pieces);
        kinds.AddRange(Enumerable.Repeat(1, pieces.Length));
        return new VocabularyData
        {
            Model = "llama",
            Tokens = tokens,
            Kinds = kinds,
            Scores = [.. tokens.Select((_, index) => -(float)index)],
            BosId = 1,
            EosId = 2,
            UnknownId = 0,
        };
    }

    /// <summary>A byte-level vocabulary of all bytes, the results of some merges, and control tokens.</summary>
    public static VocabularyData Bpe(string preTokenizer, string[] merges, params string[] control)
    {
        List<string> tokens = [.. Enumerable.Range(0, 256).Select(value => ByteAlphabet.CharOf((byte)value).ToString())];
        tokens.AddRange(merges.Select(merge => merge.Replace(" ", "", StringComparison.Ordinal)));
        List<int> kinds = [.. Enumerable.Repeat(1, tokens.Count), .. Enumerable.Repeat(3, control.Length)];
        tokens.AddRange(control);
        return new VocabularyData { Model = "gpt2", PreTokenizer = preTokenizer, Tokens = tokens, Kinds = kinds, Merges = merges };
    }

    /// <summary>The ids of a text.</summary>
    public static List<int> Encode(this ITokenizer tokenizer, string text, bool addSpecial = false, bool parseSpecial = false)
    {
        List<int> ids = [];
        tokenizer.Encode(text, addSpecial, parseSpecial, ids);
        return ids;
    }
}
