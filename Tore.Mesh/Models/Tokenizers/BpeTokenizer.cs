using System.Text;
using Tore.Mesh.Models.Tokenizers.PreTokenizers;

namespace Tore.Mesh.Models.Tokenizers;

/// <summary>
/// Byte-level BPE (<c>tokenizer.ggml.model = gpt2</c>): a pre-tokenizer cuts the text into words, and within each the bytes
/// merge in the order of the file's merges.
/// </summary>
internal sealed class BpeTokenizer : Tokenizer
{
    private const int NoToken = -1;
    private readonly PreTokenizerChoice _choice;
    private readonly BpeSymbols _symbols;

    /// <summary>Makes the tokenizer.</summary>
    public BpeTokenizer(Vocabulary vocabulary, VocabularyData data, PreTokenizerChoice choice)
        : base(vocabulary, data.AddBos ?? choice.AddsBos, data.AddEos ?? false)
    {
        _choice = choice;
        _symbols = new BpeSymbols(vocabulary, data.Merges);
        FillBytes();
    }

    /// <inheritdoc/>
    public override bool DropsLeadingSpace => false;

    /// <inheritdoc/>
    protected override void EncodePlain(ReadOnlySpan<char> text, List<int> ids)
    {
        SymbolMerger merger = new();
        for (int start = 0; start < text.Length;)
        {
            int end = _choice.Splitter.EndOfWord(text, start);
            EncodeWord(text[start..end], merger, ids);
            start = end;
        }
    }

    /// <inheritdoc/>
    protected override void AppendBytes(int id, List<byte> bytes) => ByteAlphabet.AppendBytes(Vocabulary.TextOf(id), bytes);

    private void EncodeWord(ReadOnlySpan<char> word, SymbolMerger merger, List<int> ids)
    {
        merger.Clear();
        Span<byte> utf8 = stackalloc byte[4];
        foreach (Rune rune in word.EnumerateRunes())
        {
            int length = rune.EncodeToUtf8(utf8);
            for (int index = 0; index < length; index++)
            {
                merger.Add(utf8[index], merger.Count);
            }
        }
        if (_choice.WholeWordsFirst && TryWhole(merger, out int whole))
        {
            ids.Add(whole);
            return;
        }
        merger.Merge([], merger.Count, new ByMerge(_symbols.Merges));
        for (int index = 0; index < merger.Count; index++)
        {
            AddToken(merger.SymbolAt(index), ids);
        }
    }

    private bool TryWhole(SymbolMerger merger, out int id)
    {
        id = NoToken;
        if (merger.Count > Vocabulary.LongestPlain)
        {
            return false;
        }
        Span<char> text = merger.Count <= 256 ? stackalloc char[merger.Count] : new char[merger.Count];
        for (int index = 0; index < text.Length; index++)
        {
            text[index] = ByteAlphabet.CharOf((byte)merger.SymbolAt(index));
        }
        return Vocabulary.TryGetPlain(text, out id);
    }

    // A merge may make a symbol that is no token; then its bytes are written one by one, and a byte that is no token either is
    // left out, as the reference does.
    private void AddToken(int symbol, List<int> ids)
    {
        if (_symbols.TokenOf(symbol) is int token && token != NoToken)
        {
            ids.Add(token);
            return;
        }
        foreach (byte single in _symbols.BytesOf(symbol))
        {
            if (_symbols.TokenOf(single) != NoToken)
            {
                ids.Add(_symbols.TokenOf(single));
            }
        }
    }

    private readonly struct ByMerge(MergeTable merges) : IMergeRule
    {
        public bool TryMerge(ReadOnlySpan<char> text, int start, int end, int left, int right, out uint rank, out int merged) =>
            merges.TryGet(left, right, out rank, out merged);
    }
}
