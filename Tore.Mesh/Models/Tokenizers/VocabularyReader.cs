using Tore.Mesh.Models.Gguf;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Models.Tokenizers;

/// <summary>Reads a vocabulary from the <c>tokenizer.ggml.*</c> metadata of a model file.</summary>
internal static class VocabularyReader
{
    private const string Prefix = "tokenizer.ggml.";

    /// <summary>Reads it; the data hold copies, so that the file may be closed.</summary>
    /// <exception cref="ToreException">
    /// <c>unknown_tokenizer</c> where the file has none, <c>model_bad_value</c> for a key of another type than it should be.
    /// </exception>
    public static VocabularyData Read(GgufMetadata metadata)
    {
        if (!metadata.TryGetString(Prefix + "model", out string? model))
        {
            throw new ToreException(ErrorCodes.UnknownTokenizer, "The file has no tokenizer: its metadata lack tokenizer.ggml.model.");
        }
        metadata.TryGetFloats(Prefix + "scores", out float[]? scores);
        metadata.TryGetInt32s(Prefix + "token_type", out int[]? kinds);
        return new VocabularyData
        {
            Model = model,
            PreTokenizer = metadata.TryGetString(Prefix + "pre", out string? pre) ? pre : null,
            ModelName = metadata.GetString("general.name", "").ToLowerInvariant(),
            Tokens = Strings(metadata, Prefix + "tokens"),
            Scores = scores,
            Kinds = kinds,
            Merges = model == "gpt2" ? Strings(metadata, Prefix + "merges") : [],
            BosId = Id(metadata, "bos_token_id") ?? DefaultId(model, 1),
            EosId = Id(metadata, "eos_token_id") ?? DefaultId(model, 2),
            EotId = Id(metadata, "eot_token_id"),
            EomId = Id(metadata, "eom_token_id"),
            UnknownId = Id(metadata, "unknown_token_id") ?? DefaultId(model, 0),
            AddBos = Switch(metadata, "add_bos_token"),
            AddEos = Switch(metadata, "add_eos_token"),
            AddSpacePrefix = Switch(metadata, "add_space_prefix"),
        };
    }

    private static string[] Strings(GgufMetadata metadata, string key)
    {
        if (!metadata.TryGetStrings(key, out GgufStringArray? strings))
        {
            return [];
        }
        string[] copy = new string[strings.Count];
        for (int index = 0; index < copy.Length; index++)
        {
            copy[index] = strings.TextAt(index);
        }
        return copy;
    }

    private static long? Id(GgufMetadata metadata, string key) => metadata.TryGetInteger(Prefix + key, out long id) ? id : null;

    // SentencePiece's own numbers, which files for it may leave out.
    private static long? DefaultId(string model, long id) => model == "llama" ? id : null;

    private static bool? Switch(GgufMetadata metadata, string key) => metadata.TryGetBool(Prefix + key, out bool truth) ? truth : null;
}
