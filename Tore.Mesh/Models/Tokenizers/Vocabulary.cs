using System.Collections.Frozen;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Models.Tokenizers;

/// <summary>A checked vocabulary: whatever it holds, ids are in range, kinds are known, scores are numbers.</summary>
internal sealed class Vocabulary
{
    private readonly IReadOnlyList<string> _texts;
    private readonly TokenKind[] _kinds;
    private readonly Dictionary<string, int> _plain;
    private readonly Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> _plainBySpan;

    /// <summary>Checks what a file states.</summary>
    /// <exception cref="ToreException"><c>model_malformed</c>, <c>model_bad_value</c> or <c>model_limit</c>.</exception>
    public Vocabulary(VocabularyData data)
    {
        _texts = data.Tokens;
        if (_texts.Count == 0)
        {
            throw Malformed("the vocabulary has no tokens");
        }
        CheckLength(data.Kinds?.Count, "token types");
        CheckLength(data.Scores?.Count, "scores");
        Scores = data.Scores is null ? null : CheckScores(data.Scores);
        _kinds = ReadKinds(data.Kinds);
        BosId = CheckId(data.BosId, "bos_token_id");
        EosId = CheckId(data.EosId, "eos_token_id");
        UnknownId = CheckId(data.UnknownId, "unknown_token_id");
        EndIds = FindEnds(CheckId(data.EotId, "eot_token_id"), CheckId(data.EomId, "eom_token_id"));
        _plain = new Dictionary<string, int>(_texts.Count);
        for (int id = 0; id < _texts.Count; id++)
        {
            if (_kinds[id] is not (TokenKind.Control or TokenKind.Unknown or TokenKind.Byte) && _texts[id].Length > 0)
            {
                _plain.TryAdd(_texts[id], id);
                LongestPlain = Math.Max(LongestPlain, _texts[id].Length);
            }
        }
        _plainBySpan = _plain.GetAlternateLookup<ReadOnlySpan<char>>();
        Special = new SpecialTokens(this, data);
    }

    /// <summary>Number of tokens.</summary>
    public int Size => _texts.Count;

    /// <summary>Beginning of sequence.</summary>
    public int? BosId { get; }

    /// <summary>End of sequence.</summary>
    public int? EosId { get; }

    /// <summary>Unknown text.</summary>
    public int? UnknownId { get; }

    /// <summary>Every token that ends a generation.</summary>
    public FrozenSet<int> EndIds { get; }

    /// <summary>Scores, where the file has them; none is NaN.</summary>
    public IReadOnlyList<float>? Scores { get; }

    /// <summary>Tokens that are cut out of the text whole.</summary>
    public SpecialTokens Special { get; }

    /// <summary>Length of the longest token of ordinary text in UTF-16 units.</summary>
    public int LongestPlain { get; }

    /// <summary>Text of a token as the file has it.</summary>
    public string TextOf(int id) => _texts[id];

    /// <summary>Kind of a token.</summary>
    public TokenKind KindOf(int id) => _kinds[id];

    /// <summary>
    /// The token that ordinary text may become: never a control, unknown or byte token. Of several with one text, the lowest id.
    /// </summary>
    public bool TryGetPlain(ReadOnlySpan<char> text, out int id) => _plainBySpan.TryGetValue(text, out id);

    /// <summary>An error of the file.</summary>
    public static ToreException Malformed(string what) => new(ErrorCodes.ModelMalformed, $"The model's tokenizer is malformed: {what}.");

    private void CheckLength(int? count, string what)
    {
        if (count is not null && count != _texts.Count)
        {
            throw Malformed($"it has {_texts.Count} tokens but {count} {what}");
        }
    }

    private static IReadOnlyList<float> CheckScores(IReadOnlyList<float> scores)
    {
        for (int id = 0; id < scores.Count; id++)
        {
            if (float.IsNaN(scores[id]))
            {
                throw new ToreException(
                    ErrorCodes.ModelBadValue,
                    $"The model's tokenizer has a bad value: the score of token {id} is NaN.");
            }
        }
        return scores;
    }

    private TokenKind[] ReadKinds(IReadOnlyList<int>? stated)
    {
        TokenKind[] kinds = new TokenKind[_texts.Count];
        for (int id = 0; id < kinds.Length; id++)
        {
            int kind = stated?[id] ?? (int)TokenKind.Normal;
            if (kind is < (int)TokenKind.Undefined or > (int)TokenKind.Byte)
            {
                throw Malformed($"token {id} is of the unknown type {kind}");
            }
            kinds[id] = EndTokens.IsAlwaysControl(_texts[id]) ? TokenKind.Control : (TokenKind)kind;
        }
        return kinds;
    }

    private int? CheckId(long? id, string key) => id is null || (id >= 0 && id < _texts.Count)
        ? (int?)id
        : throw Malformed($"{key} is {id}, but there are {_texts.Count} tokens");

    private FrozenSet<int> FindEnds(int? eot, int? eom)
    {
        HashSet<int> ends = [];
        foreach (int? id in (int?[])[EosId, eot, eom])
        {
            if (id is not null)
            {
                ends.Add(id.Value);
            }
        }
        for (int id = 0; id < _texts.Count; id++)
        {
            if (EndTokens.IsEnd(_texts[id], _kinds[id]))
            {
                ends.Add(id);
            }
        }
        return ends.ToFrozenSet();
    }
}
