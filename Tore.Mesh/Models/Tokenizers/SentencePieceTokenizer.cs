using System.Buffers;
using System.Globalization;
using System.Text;

namespace Tore.Mesh.Models.Tokenizers;

/// <summary>
/// SentencePiece BPE (<c>tokenizer.ggml.model = llama</c>): spaces become U+2581, the pair of best score merges first, and a
/// character that is no token becomes its UTF-8 bytes (Kudo and Richardson 2018).
/// </summary>
internal sealed class SentencePieceTokenizer : Tokenizer
{
    private const char Space = '\u2581';
    private const int NoToken = -1;
    private readonly bool _addSpacePrefix;
    private readonly bool _wordsStandAlone;
    private readonly int[] _idOfByte;

    /// <summary>Makes the tokenizer.</summary>
    public SentencePieceTokenizer(Vocabulary vocabulary, VocabularyData data)
        : base(vocabulary, data.AddBos ?? true, data.AddEos ?? false)
    {
        if (vocabulary.Scores is null)
        {
            throw Vocabulary.Malformed("a SentencePiece vocabulary needs scores");
        }
        _addSpacePrefix = data.AddSpacePrefix ?? true;
        _idOfByte = FindBytes(vocabulary);
        _wordsStandAlone = !Enumerable.Range(0, vocabulary.Size).Any(id => CrossesWords(vocabulary.TextOf(id)));
        FillBytes();
    }

    /// <inheritdoc/>
    public override bool DropsLeadingSpace => _addSpacePrefix;

    /// <inheritdoc/>
    protected override void EncodePlain(ReadOnlySpan<char> text, List<int> ids)
    {
        int prefix = _addSpacePrefix ? 1 : 0;
        char[] buffer = ArrayPool<char>.Shared.Rent(text.Length + prefix);
        Span<char> escaped = buffer.AsSpan(0, text.Length + prefix);
        text.CopyTo(escaped[prefix..]);
        if (_addSpacePrefix)
        {
            escaped[0] = Space;
        }
        escaped.Replace(' ', Space);
        SymbolMerger merger = new();
        for (int start = 0; start < escaped.Length;)
        {
            int end = _wordsStandAlone ? EndOfWord(escaped, start) : escaped.Length;
            EncodeWord(escaped, start, end, merger, ids);
            start = end;
        }
        ArrayPool<char>.Shared.Return(buffer);
    }

    /// <inheritdoc/>
    protected override void AppendBytes(int id, List<byte> bytes) => bytes.AddRange(Vocabulary.KindOf(id) == TokenKind.Byte
        ? [ByteOf(Vocabulary, id)]
        : Encoding.UTF8.GetBytes(Vocabulary.TextOf(id).Replace(Space, ' ')));

    private void EncodeWord(ReadOnlySpan<char> text, int start, int end, SymbolMerger merger, List<int> ids)
    {
        merger.Clear();
        for (int index = start; index < end; index += char.IsHighSurrogate(text[index]) ? 2 : 1)
        {
            merger.Add(NoToken, index);
        }
        merger.Merge(text, end, new ByScore(Vocabulary));
        Span<byte> utf8 = stackalloc byte[4];
        for (int index = 0; index < merger.Count; index++)
        {
            ReadOnlySpan<char> piece = text[merger.StartAt(index)..merger.StartAt(index + 1)];
            if (merger.SymbolAt(index) != NoToken)
            {
                ids.Add(merger.SymbolAt(index));
            }
            else if (Vocabulary.TryGetPlain(piece, out int id))
            {
                ids.Add(id);
            }
            else
            {
                AddBytes(utf8[..Encoding.UTF8.GetBytes(piece, utf8)], ids);
            }
        }
    }

    // A vocabulary without all the bytes writes its unknown token, once for the character; without that, nothing.
    private void AddBytes(ReadOnlySpan<byte> utf8, List<int> ids)
    {
        int before = ids.Count;
        foreach (byte value in utf8)
        {
            if (_idOfByte[value] == NoToken)
            {
                ids.RemoveRange(before, ids.Count - before);
                if (Vocabulary.UnknownId is int unknown && Vocabulary.KindOf(unknown) == TokenKind.Unknown)
                {
                    ids.Add(unknown);
                }
                return;
            }
            ids.Add(_idOfByte[value]);
        }
    }

    // Where no token has U+2581 after another character, no merge can cross the beginning of a word.
    private static bool CrossesWords(string text)
    {
        for (int index = 1; index < text.Length; index++)
        {
            if (text[index] == Space && text[index - 1] != Space)
            {
                return true;
            }
        }
        return false;
    }

    private static int EndOfWord(ReadOnlySpan<char> text, int start)
    {
        int body = text[start..].IndexOfAnyExcept(Space);
        if (body < 0)
        {
            return text.Length;
        }
        int length = text[(start + body)..].IndexOf(Space);
        return length < 0 ? text.Length : start + body + length;
    }

    private static int[] FindBytes(Vocabulary vocabulary)
    {
        int[] table = new int[256];
        Array.Fill(table, NoToken);
        for (int id = vocabulary.Size - 1; id >= 0; id--)
        {
            if (vocabulary.KindOf(id) == TokenKind.Byte)
            {
                table[ByteOf(vocabulary, id)] = id;
            }
        }
        return table;
    }

    private static byte ByteOf(Vocabulary vocabulary, int id)
    {
        string text = vocabulary.TextOf(id);
        return text.Length == 6 && text.StartsWith("<0x", StringComparison.Ordinal) && text[5] == '>'
            && byte.TryParse(text.AsSpan(3, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out byte value)
            ? value
            : throw Vocabulary.Malformed($"byte token {id} is '{Excerpt.Of(text)}', not of the form <0x0A>");
    }

    private readonly struct ByScore(Vocabulary vocabulary) : IMergeRule
    {
        public bool TryMerge(ReadOnlySpan<char> text, int start, int end, int left, int right, out uint rank, out int merged)
        {
            rank = uint.MaxValue;
            merged = NoToken;
            if (end - start > vocabulary.LongestPlain || !vocabulary.TryGetPlain(text[start..end], out merged))
            {
                return false;
            }
            rank = RankOf(vocabulary.Scores![merged]);
            return true;
        }

        // The order of floats, best first, as the order of unsigned numbers; adding zero makes -0 equal to 0.
        private static uint RankOf(float score)
        {
            uint bits = BitConverter.SingleToUInt32Bits(score + 0f);
            return (bits & 0x8000_0000) != 0 ? bits : ~(bits | 0x8000_0000);
        }
    }
}
