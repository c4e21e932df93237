namespace Tore.Mesh.Models.Tokenizers;

/// <summary>A vocabulary as a model file states it, not yet checked. Ids and switches are null where the file is silent.</summary>
internal sealed record VocabularyData
{
    /// <summary>Kind of tokenizer: <c>llama</c> (SentencePiece) or <c>gpt2</c> (byte-level BPE).</summary>
    public required string Model { get; init; }

    /// <summary>Name of the pre-tokenizer, or null.</summary>
    public string? PreTokenizer { get; init; }

    /// <summary>Name of the model in lower case; one family of models is known by its name only.</summary>
    public string ModelName { get; init; } = "";

    /// <summary>Text of each token.</summary>
    public required IReadOnlyList<string> Tokens { get; init; }

    /// <summary>Score of each token (SentencePiece), or null.</summary>
    public IReadOnlyList<float>? Scores { get; init; }

    /// <summary>Kind of each token, or null: all are normal.</summary>
    public IReadOnlyList<int>? Kinds { get; init; }

    /// <summary>Merges, best first, each <c>left right</c> (BPE).</summary>
    public IReadOnlyList<string> Merges { get; init; } = [];

    /// <summary>Beginning of sequence.</summary>
    public long? BosId { get; init; }

    /// <summary>End of sequence.</summary>
    public long? EosId { get; init; }

    /// <summary>End of turn.</summary>
    public long? EotId { get; init; }

    /// <summary>End of message.</summary>
    public long? EomId { get; init; }

    /// <summary>Unknown text.</summary>
    public long? UnknownId { get; init; }

    /// <summary>Whether a prompt begins with BOS.</summary>
    public bool? AddBos { get; init; }

    /// <summary>Whether a prompt ends with EOS.</summary>
    public bool? AddEos { get; init; }

    /// <summary>Whether a space goes before the first word.</summary>
    public bool? AddSpacePrefix { get; init; }
}
