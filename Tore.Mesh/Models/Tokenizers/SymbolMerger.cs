namespace Tore.Mesh.Models.Tokenizers;

/// <summary>
/// Merges the symbols of one word in the order of byte pair encoding: the lowest rank first, then the leftmost. Short words by
/// looking at every pair, long ones with a queue: n log n, whatever the text. One word at a time; not for two threads.
/// </summary>
internal sealed class SymbolMerger
{
    private const int ShortWord = 32;
    private const uint NoMerge = uint.MaxValue;
    private readonly PriorityQueue<Pair, ulong> _queue = new();
    private int[] _symbols = new int[64];
    private int[] _starts = new int[64];
    private uint[] _ranks = new uint[64];
    private int[] _merged = new int[64];
    private int[] _previous = [];
    private int[] _next = [];

    /// <summary>Number of symbols, before or after merging.</summary>
    public int Count { get; private set; }

    /// <summary>The symbol at an index.</summary>
    public int SymbolAt(int index) => _symbols[index];

    /// <summary>Where the symbol at an index begins; at <see cref="Count"/>, where the word ends.</summary>
    public int StartAt(int index) => _starts[index];

    /// <summary>Begins a new word.</summary>
    public void Clear() => Count = 0;

    /// <summary>Appends a symbol that begins at a place of the text.</summary>
    public void Add(int symbol, int start)
    {
        if (Count + 1 >= _symbols.Length)
        {
            Array.Resize(ref _symbols, _symbols.Length * 2);
            Array.Resize(ref _starts, _symbols.Length);
            Array.Resize(ref _ranks, _symbols.Length);
            Array.Resize(ref _merged, _symbols.Length);
        }
        _symbols[Count] = symbol;
        _starts[Count++] = start;
    }

    /// <summary>Merges until no rule applies.</summary>
    /// <param name="text">The text that the symbols cover.</param>
    /// <param name="end">Where the last symbol ends.</param>
    /// <param name="rule">The rule.</param>
    public void Merge<TRule>(ReadOnlySpan<char> text, int end, TRule rule)
        where TRule : struct, IMergeRule
    {
        _starts[Count] = end;
        if (Count <= ShortWord)
        {
            MergeShort(text, rule);
        }
        else
        {
            MergeLong(text, rule);
        }
    }

    private void MergeShort<TRule>(ReadOnlySpan<char> text, TRule rule)
        where TRule : struct, IMergeRule
    {
        for (int index = 0; index + 1 < Count; index++)
        {
            Rank(text, index, rule);
        }
        while (Count > 1)
        {
            int best = IndexOfLowest(_ranks.AsSpan(0, Count - 1));
            if (_ranks[best] == NoMerge)
            {
                return;
            }
            _symbols[best] = _merged[best];
            int tail = Count - best - 2;
            Array.Copy(_symbols, best + 2, _symbols, best + 1, tail);
            Array.Copy(_starts, best + 2, _starts, best + 1, tail + 1);
            Array.Copy(_ranks, best + 2, _ranks, best + 1, tail);
            Array.Copy(_merged, best + 2, _merged, best + 1, tail);
            Count--;
            if (best + 1 < Count)
            {
                Rank(text, best, rule);
            }
            if (best > 0)
            {
                Rank(text, best - 1, rule);
            }
        }
    }

    private void Rank<TRule>(ReadOnlySpan<char> text, int index, TRule rule)
        where TRule : struct, IMergeRule
    {
        bool can = rule.TryMerge(
            text, _starts[index], _starts[index + 2], _symbols[index], _symbols[index + 1], out uint rank, out int merged);
        _ranks[index] = can ? rank : NoMerge;
        _merged[index] = merged;
    }

    private static int IndexOfLowest(ReadOnlySpan<uint> ranks)
    {
        int best = 0;
        for (int index = 1; index < ranks.Length; index++)
        {
            best = ranks[index] < ranks[best] ? index : best;
        }
        return best;
    }

    private void MergeLong<TRule>(ReadOnlySpan<char> text, TRule rule)
        where TRule : struct, IMergeRule
    {
        int count = Count;
        if (_next.Length < count)
        {
            _next = new int[_symbols.Length];
            _previous = new int[_symbols.Length];
        }
        for (int index = 0; index < count; index++)
        {
            _next[index] = index + 1;
            _previous[index] = index - 1;
        }
        for (int index = 0; index + 1 < count; index++)
        {
            Enqueue(text, index, count, rule);
        }
        const int Gone = -2;
        while (_queue.TryDequeue(out Pair pair, out _))
        {
            int left = pair.Left;
            int right = _next[left];
            // A pair is stale when either side was merged since: symbols only grow, so both must be as they were.
            if (right != pair.Right || _previous[left] == Gone || EndOf(right) != pair.End)
            {
                continue;
            }
            _symbols[left] = pair.Merged;
            _next[left] = _next[right];
            _previous[right] = Gone;
            _next[right] = Gone;
            if (_next[left] < count)
            {
                _previous[_next[left]] = left;
                Enqueue(text, left, count, rule);
            }
            if (_previous[left] >= 0)
            {
                Enqueue(text, _previous[left], count, rule);
            }
        }
        Compact(count);
    }

    private int EndOf(int index) => _starts[_next[index]];

    private void Enqueue<TRule>(ReadOnlySpan<char> text, int left, int count, TRule rule)
        where TRule : struct, IMergeRule
    {
        int right = _next[left];
        if (right < count && rule.TryMerge(
            text, _starts[left], EndOf(right), _symbols[left], _symbols[right], out uint rank, out int merged))
        {
            _queue.Enqueue(new Pair(left, right, EndOf(right), merged), ((ulong)rank << 32) | (uint)left);
        }
    }

    private void Compact(int count)
    {
        Count = 0;
        int end = _starts[count];
        for (int index = 0; index < count; index = _next[index])
        {
            _symbols[Count] = _symbols[index];
            _starts[Count++] = _starts[index];
        }
        _starts[Count] = end;
    }

    private readonly record struct Pair(int Left, int Right, int End, int Merged);
}
