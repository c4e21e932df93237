namespace Tore.Mesh.Models.Tokenizers;

/// <summary>
/// What BPE merges: the 256 bytes are symbols 0 to 255, whatever the merges name comes after. A symbol may be a token or not.
/// </summary>
internal sealed class BpeSymbols
{
    private readonly List<int> _tokens = [];
    private readonly List<string> _texts = [];

    /// <summary>Reads the merges of a file.</summary>
    /// <exception cref="Primitives.ToreException"><c>model_malformed</c> for a merge that is not two parts.</exception>
    public BpeSymbols(Vocabulary vocabulary, IReadOnlyList<string> merges)
    {
        Dictionary<string, int> index = new(merges.Count + 256);
        Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> bySpan = index.GetAlternateLookup<ReadOnlySpan<char>>();
        for (int value = 0; value < 256; value++)
        {
            SymbolOf(vocabulary, bySpan, [ByteAlphabet.CharOf((byte)value)]);
        }
        Merges = new MergeTable(merges.Count);
        char[] joined = new char[64];
        for (int rank = 0; rank < merges.Count; rank++)
        {
            string merge = merges[rank];
            int space = merge.IndexOf(' ', Math.Min(1, merge.Length));
            if (space < 0 || space == merge.Length - 1)
            {
                throw Vocabulary.Malformed($"merge {rank} is '{Excerpt.Of(merge)}', not two parts with a space between");
            }
            if (joined.Length < merge.Length)
            {
                joined = new char[merge.Length * 2];
            }
            merge.CopyTo(0, joined, 0, space);
            merge.CopyTo(space + 1, joined, space, merge.Length - space - 1);
            int left = SymbolOf(vocabulary, bySpan, merge.AsSpan(0, space));
            int right = SymbolOf(vocabulary, bySpan, merge.AsSpan(space + 1));
            Merges.Add(left, right, (uint)rank, SymbolOf(vocabulary, bySpan, joined.AsSpan(0, merge.Length - 1)));
        }
    }

    /// <summary>The merges.</summary>
    public MergeTable Merges { get; }

    /// <summary>The token of a symbol, or -1.</summary>
    public int TokenOf(int symbol) => _tokens[symbol];

    /// <summary>The bytes of a symbol; each is a symbol too.</summary>
    public IReadOnlyList<byte> BytesOf(int symbol)
    {
        List<byte> bytes = [];
        ByteAlphabet.AppendBytes(_texts[symbol], bytes);
        return bytes;
    }

    private int SymbolOf(Vocabulary vocabulary, Dictionary<string, int>.AlternateLookup<ReadOnlySpan<char>> index, ReadOnlySpan<char> text)
    {
        if (!index.TryGetValue(text, out int symbol))
        {
            symbol = _tokens.Count;
            bool isToken = vocabulary.TryGetPlain(text, out int token);
            string owned = isToken ? vocabulary.TextOf(token) : new string(text);
            _tokens.Add(isToken ? token : -1);
            _texts.Add(owned);
            index.Dictionary.Add(owned, symbol);
        }
        return symbol;
    }
}
