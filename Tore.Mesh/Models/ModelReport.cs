using Tore.Mesh.Models.Gguf;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Models;

/// <summary>
/// What a model file holds, for people and programs (<c>tore model inspect</c>). It is made of any file that opens: what the
/// file does not say, or says in a wrong type, is null, and a file that the engine does not run is reported with the reason.
/// </summary>
public sealed record ModelReport
{
    /// <summary>Full path of the file, or of the first part of a split model.</summary>
    public required string Path { get; init; }

    /// <summary>Number of files.</summary>
    public required int Parts { get; init; }

    /// <summary>Bytes of all files.</summary>
    public required long FileBytes { get; init; }

    /// <summary>GGUF version.</summary>
    public required int GgufVersion { get; init; }

    /// <summary>The file's own name for the model.</summary>
    public required string? Name { get; init; }

    /// <summary>Architecture.</summary>
    public required string? Architecture { get; init; }

    /// <summary>Elements of all tensors.</summary>
    public required long Parameters { get; init; }

    /// <summary>Number of tensors.</summary>
    public required int Tensors { get; init; }

    /// <summary>The tensors by type, the type with the most bytes first.</summary>
    public required IReadOnlyList<TensorTypeShare> TensorTypes { get; init; }

    /// <summary>Number of layers.</summary>
    public required long? Layers { get; init; }

    /// <summary>Width of the residual stream.</summary>
    public required long? Width { get; init; }

    /// <summary>Positions that the model was made for.</summary>
    public required long? ContextLength { get; init; }

    /// <summary>Tokens of the vocabulary; null for a file without one.</summary>
    public required int? VocabularySize { get; init; }

    /// <summary>Kind of tokenizer as the file names it: <c>llama</c> (SentencePiece), <c>gpt2</c> (byte-level BPE), ...</summary>
    public required string? Tokenizer { get; init; }

    /// <summary>How a byte-level BPE cuts text into words, as the file names it.</summary>
    public required string? PreTokenizer { get; init; }

    /// <summary>Whether the file brings a chat template.</summary>
    public required bool HasChatTemplate { get; init; }

    /// <summary>The model's identity, where it was computed.</summary>
    public required Digest? Digest { get; init; }

    /// <summary>The configuration, where the engine runs the model; else null.</summary>
    public required ModelConfig? Config { get; init; }

    /// <summary>Code of the error that running the model would give; null when it runs.</summary>
    public required string? RefusalCode { get; init; }

    /// <summary>Why the model is not run; null when it is.</summary>
    public required string? Refusal { get; init; }

    /// <summary>Whether the engine runs this model.</summary>
    public bool Supported => RefusalCode is null;

    /// <summary>Makes the report.</summary>
    /// <param name="file">The open file.</param>
    /// <param name="digest">Its identity, if the caller has it (<see cref="ModelIdentity"/>).</param>
    public static ModelReport Read(GgufFile file, Digest? digest = null)
    {
        GgufMetadata metadata = file.Metadata;
        string? architecture = Text(metadata, "general.architecture");
        ModelConfig? config = null;
        ToreException? refusal = Refused(() =>
        {
            ModelConfig read = ModelConfig.Read(file);
            _ = ModelTensors.Read(file, read);
            _ = ModelText.Open(file);
            config = read;
        });
        return new ModelReport
        {
            Path = file.Path,
            Parts = file.Paths.Count,
            FileBytes = file.FileBytes,
            GgufVersion = file.Version,
            Name = Text(metadata, "general.name"),
            Architecture = architecture,
            Parameters = file.Tensors.Sum(tensor => tensor.Elements),
            Tensors = file.Tensors.Count,
            TensorTypes = TensorTypeShare.Of(file.Tensors),
            Layers = Number(metadata, $"{architecture}.block_count"),
            Width = Number(metadata, $"{architecture}.embedding_length"),
            ContextLength = Number(metadata, $"{architecture}.context_length"),
            VocabularySize = metadata.Contains("tokenizer.ggml.tokens") ? metadata.ElementCount("tokenizer.ggml.tokens") : null,
            Tokenizer = Text(metadata, "tokenizer.ggml.model"),
            PreTokenizer = Text(metadata, "tokenizer.ggml.pre"),
            HasChatTemplate = metadata.TypeOf("tokenizer.chat_template") == GgufValueType.String,
            Digest = digest,
            Config = config,
            RefusalCode = refusal?.Code,
            Refusal = refusal?.Message,
        };
    }

    private static string? Text(GgufMetadata metadata, string key)
    {
        string? text = null;
        return Refused(() => metadata.TryGetString(key, out text)) is null ? text : null;
    }

    private static long? Number(GgufMetadata metadata, string key)
    {
        long? number = null;
        _ = Refused(() => number = metadata.TryGetInteger(key, out long value) ? value : null);
        return number;
    }

    private static ToreException? Refused(Action read)
    {
        try
        {
            read();
            return null;
        }
        catch (ToreException refusal)
        {
            return refusal;
        }
    }
}
