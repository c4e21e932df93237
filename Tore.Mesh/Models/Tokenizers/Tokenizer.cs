using System.Collections.Frozen;
using System.Text;

namespace Tore.Mesh.Models.Tokenizers;

/// <summary>What the kinds of tokenizer share: special tokens, BOS and EOS, and the bytes of each token.</summary>
internal abstract class Tokenizer : ITokenizer
{
    private readonly bool _addBos;
    private readonly bool _addEos;
    private byte[] _bytes = [];
    private int[] _bytesStart = [];

    /// <summary>Takes a checked vocabulary and the switches that its file, or else its kind, states.</summary>
    protected Tokenizer(Vocabulary vocabulary, bool addBos, bool addEos)
    {
        Vocabulary = vocabulary;
        _addBos = addBos && vocabulary.BosId is not null;
        _addEos = addEos && vocabulary.EosId is not null;
    }

    /// <inheritdoc/>
    public int VocabularySize => Vocabulary.Size;

    /// <inheritdoc/>
    public int? BosId => Vocabulary.BosId;

    /// <inheritdoc/>
    public int? EosId => Vocabulary.EosId;

    /// <inheritdoc/>
    public IReadOnlySet<int> EndIds => Vocabulary.EndIds;

    /// <inheritdoc/>
    public abstract bool DropsLeadingSpace { get; }

    /// <summary>The vocabulary.</summary>
    protected Vocabulary Vocabulary { get; }

    /// <inheritdoc/>
    public void Encode(ReadOnlySpan<char> text, bool addSpecial, bool parseSpecial, List<int> ids)
    {
        ArgumentNullException.ThrowIfNull(ids);
        Span<SpecialArea> everywhere = [new SpecialArea(0, text.Length)];
        if (addSpecial && _addBos)
        {
            ids.Add(BosId!.Value);
        }
        EncodeAreas(text, parseSpecial ? everywhere : [], ids);
        if (addSpecial && _addEos)
        {
            ids.Add(EosId!.Value);
        }
    }

    /// <inheritdoc/>
    public void EncodePrompt(IReadOnlyList<TextSegment> segments, List<int> ids)
    {
        ArgumentNullException.ThrowIfNull(segments);
        ArgumentNullException.ThrowIfNull(ids);
        StringBuilder text = new();
        List<SpecialArea> areas = [];
        foreach (TextSegment segment in segments)
        {
            if (segment.Trusted && segment.Text.Length > 0)
            {
                int start = text.Length;
                if (areas.Count > 0 && areas[^1].End == start)
                {
                    start = areas[^1].Start;
                    areas.RemoveAt(areas.Count - 1);
                }
                areas.Add(new SpecialArea(start, text.Length + segment.Text.Length));
            }
            text.Append(segment.Text);
        }
        int first = ids.Count;
        if (_addBos)
        {
            ids.Add(BosId!.Value);
        }
        EncodeAreas(text.ToString(), [.. areas], ids);
        if (_addBos && ids.Count > first + 1 && ids[first + 1] == BosId)
        {
            ids.RemoveAt(first);
        }
    }

    /// <inheritdoc/>
    public ReadOnlyMemory<byte> BytesOf(int id, bool showControl = false)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(id);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(id, VocabularySize);
        bool shown = showControl || Vocabulary.KindOf(id) is not (TokenKind.Control or TokenKind.Unknown);
        return shown ? _bytes.AsMemory(_bytesStart[id].._bytesStart[id + 1]) : ReadOnlyMemory<byte>.Empty;
    }

    /// <summary>Appends the ids of a stretch without special tokens.</summary>
    /// <param name="text">Well-formed UTF-16, not empty.</param>
    /// <param name="ids">Receives the ids.</param>
    protected abstract void EncodePlain(ReadOnlySpan<char> text, List<int> ids);

    /// <summary>Appends the bytes that an ordinary token stands for.</summary>
    protected abstract void AppendBytes(int id, List<byte> bytes);

    /// <summary>Fills the table of bytes; called once, when the leaf class is ready.</summary>
    protected void FillBytes()
    {
        List<byte> bytes = new(VocabularySize * 8);
        _bytesStart = new int[VocabularySize + 1];
        for (int id = 0; id < VocabularySize; id++)
        {
            if (Vocabulary.KindOf(id) is TokenKind.Control or TokenKind.Unknown or TokenKind.UserDefined)
            {
                bytes.AddRange(Encoding.UTF8.GetBytes(Vocabulary.TextOf(id)));
            }
            else
            {
                AppendBytes(id, bytes);
            }
            _bytesStart[id + 1] = bytes.Count;
        }
        _bytes = [.. bytes];
    }

    private void EncodeAreas(ReadOnlySpan<char> text, ReadOnlySpan<SpecialArea> areas, List<int> ids)
    {
        text = WellFormed(text);
        int from = 0;
        while (from < text.Length)
        {
            int at = Vocabulary.Special.Find(text, from, ref areas, out SpecialTokens.Token? token);
            if (token is null)
            {
                EncodePlain(text[from..], ids);
                return;
            }
            if (at > from)
            {
                EncodePlain(text[from..at], ids);
            }
            ids.Add(token.Id);
            from = at + token.Text.Length;
            while (token.StripsRight && from < text.Length && text[from] is ' ' or (>= '\t' and <= '\r'))
            {
                from++;
            }
        }
    }

    // Surrogates without a partner become U+FFFD one for one, so that indexes keep their meaning.
    private static ReadOnlySpan<char> WellFormed(ReadOnlySpan<char> text)
    {
        int first = text.IndexOfAnyInRange('\uD800', '\uDFFF');
        if (first < 0)
        {
            return text;
        }
        char[]? copy = null;
        for (int index = first; index < text.Length; index++)
        {
            if (!char.IsSurrogate(text[index]))
            {
                continue;
            }
            if (char.IsHighSurrogate(text[index]) && index + 1 < text.Length && char.IsLowSurrogate(text[index + 1]))
            {
                index++;
                continue;
            }
            copy ??= text.ToArray();
            copy[index] = '\uFFFD';
        }
        return copy ?? text;
    }
}
