namespace Tore.Mesh.Models.Tokenizers;

/// <summary>Text to token ids and back, as one model's vocabulary defines it. Safe for use by many threads.</summary>
public interface ITokenizer
{
    /// <summary>Number of tokens.</summary>
    int VocabularySize { get; }

    /// <summary>Beginning-of-sequence token, if the vocabulary has one.</summary>
    int? BosId { get; }

    /// <summary>End-of-sequence token, if the vocabulary has one.</summary>
    int? EosId { get; }

    /// <summary>Tokens that end a generation by the file's own metadata: eos, eot, eom, and those whose text says so.</summary>
    IReadOnlySet<int> EndIds { get; }

    /// <summary>Appends the ids of <paramref name="text"/> to <paramref name="ids"/>.</summary>
    /// <param name="text">Any text; unpaired surrogates become U+FFFD.</param>
    /// <param name="addSpecial">Add BOS and EOS as the vocabulary's metadata says.</param>
    /// <param name="parseSpecial">Read special tokens in the text as such, not as plain text.</param>
    /// <param name="ids">Receives the ids.</param>
    void Encode(ReadOnlySpan<char> text, bool addSpecial, bool parseSpecial, List<int> ids);

    /// <summary>
    /// Appends the ids of a prompt for generation: BOS first where the vocabulary's metadata says so and the text does not
    /// begin with it, no EOS. Special tokens are read in trusted text only; between two of them the text is encoded as one
    /// whole, whoever wrote its parts, so that segment borders leave no trace.
    /// </summary>
    void EncodePrompt(IReadOnlyList<TextSegment> segments, List<int> ids);

    /// <summary>
    /// The bytes that a token stands for, which may be part of a UTF-8 character. Control tokens (BOS, EOS, ...) give none
    /// unless <paramref name="showControl"/>. The leading space of SPM's first token is the decoder's business.
    /// </summary>
    ReadOnlyMemory<byte> BytesOf(int id, bool showControl = false);

    /// <summary>Whether decoding drops one leading space from the very first text token (SPM with space prefix).</summary>
    bool DropsLeadingSpace { get; }
}
