using System.Buffers;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Models.Tokenizers;

/// <summary>
/// Finds the tokens that are cut out of text whole: user-defined ones always, control ones and the unknown token where the text
/// may hold special tokens. At each place the longest that fits; the first place wins.
/// </summary>
internal sealed class SpecialTokens
{
    private const int None = -1;
    private readonly Dictionary<(int Node, char Next), int> _steps = [];
    private readonly List<int> _ids = [None];
    private readonly Dictionary<int, Token> _tokens = [];
    private readonly SearchValues<char> _firstOfAny;
    private readonly SearchValues<char> _firstOfUserDefined;

    /// <summary>Collects them from a vocabulary.</summary>
    /// <exception cref="ToreException"><c>model_limit</c> for a special token of absurd length.</exception>
    public SpecialTokens(Vocabulary vocabulary, VocabularyData data)
    {
        HashSet<char> any = [];
        HashSet<char> userDefined = [];
        for (int id = 0; id < vocabulary.Size; id++)
        {
            TokenKind kind = vocabulary.KindOf(id);
            string text = vocabulary.TextOf(id);
            if (kind is not (TokenKind.Control or TokenKind.UserDefined or TokenKind.Unknown) || text.Length == 0)
            {
                continue;
            }
            if (text.Length > Limits.SpecialTokenChars)
            {
                throw new ToreException(
                    ErrorCodes.ModelLimit,
                    $"Special token {id} of the model has {text.Length} characters; the limit is {Limits.SpecialTokenChars}.");
            }
            any.Add(text[0]);
            if (kind == TokenKind.UserDefined)
            {
                userDefined.Add(text[0]);
            }
            Add(new Token(id, text, kind == TokenKind.UserDefined, StripsRight(text, data)));
        }
        _firstOfAny = SearchValues.Create([.. any]);
        _firstOfUserDefined = SearchValues.Create([.. userDefined]);
    }

    /// <summary>Finds the next special token at or after an index.</summary>
    /// <param name="text">The text.</param>
    /// <param name="from">Where to begin.</param>
    /// <param name="areas">Stretches that may hold control tokens, in order, apart; those before the index are dropped.</param>
    /// <param name="token">The token found.</param>
    /// <returns>Where it begins, or -1.</returns>
    public int Find(ReadOnlySpan<char> text, int from, ref ReadOnlySpan<SpecialArea> areas, out Token? token)
    {
        for (int index = from; index < text.Length; index++)
        {
            while (areas.Length > 0 && areas[0].End <= index)
            {
                areas = areas[1..];
            }
            int skip = text[index..].IndexOfAny(areas.Length > 0 ? _firstOfAny : _firstOfUserDefined);
            if (skip < 0)
            {
                break;
            }
            if (skip > 0)
            {
                index += skip - 1;
                continue;
            }
            int areaEnd = areas.Length > 0 && areas[0].Start <= index ? areas[0].End : index;
            token = LongestAt(text, index, areaEnd);
            if (token is not null)
            {
                return index;
            }
        }
        token = null;
        return -1;
    }

    private Token? LongestAt(ReadOnlySpan<char> text, int index, int areaEnd)
    {
        Token? best = null;
        int node = 0;
        for (int end = index; end < text.Length && _steps.TryGetValue((node, text[end]), out node); end++)
        {
            if (_ids[node] != None)
            {
                Token candidate = _tokens[_ids[node]];
                best = candidate.Always || end < areaEnd ? candidate : best;
            }
        }
        return best;
    }

    private void Add(Token token)
    {
        int node = 0;
        foreach (char next in token.Text)
        {
            if (!_steps.TryGetValue((node, next), out int child))
            {
                child = _ids.Count;
                _ids.Add(None);
                _steps.Add((node, next), child);
            }
            node = child;
        }
        if (_ids[node] == None)
        {
            _ids[node] = token.Id;
            _tokens.Add(token.Id, token);
        }
    }

    // GGUF has no field for what a special token strips; the reference knows this family by its name.
    private static bool StripsRight(string text, VocabularyData data) =>
        (data.ModelName.Contains("phi-3", StringComparison.Ordinal) || data.ModelName.Contains("phi3", StringComparison.Ordinal))
        && text is not ("<unk>" or "<s>" or "<|endoftext|>");

    /// <summary>A special token.</summary>
    /// <param name="Id">Its id.</param>
    /// <param name="Text">Its text.</param>
    /// <param name="Always">Found in any text (user-defined).</param>
    /// <param name="StripsRight">Swallows the white space after it.</param>
    internal sealed record Token(int Id, string Text, bool Always, bool StripsRight);
}
