using Tore.Mesh.Primitives;
using Tore.Mesh.Tensors;
using Tore.Mesh.Tensors.Kernels.Vector;

namespace Tore.Mesh.Inference;

/// <summary>
/// Keys and values of all sequences of one shard, in pages of 64 positions of one layer (<see cref="KvPage"/>). All pages are
/// reserved at load: slots x context. A sequence takes the pages for its positions when it opens, so that it never runs out midway.
/// </summary>
internal sealed unsafe class KvCache : IDisposable
{
    private readonly Lock _gate = new();
    private readonly AlignedBuffer _pages;
    private readonly AlignedBuffer _tables;
    private readonly Stack<int> _freePages;
    private readonly Stack<int> _freeSlots;
    private readonly long _pageFloats;
    private readonly int _layers;
    private readonly int _pagesPerLayer;

    /// <summary>Reserves the cache.</summary>
    public KvCache(int layers, int kvHeads, int headDim, int contextLength, int slots)
    {
        _layers = layers;
        _pagesPerLayer = PagesFor(contextLength);
        _pageFloats = KvPage.Floats(kvHeads, headDim);
        ContextLength = contextLength;
        Slots = slots;
        int pages = checked(slots * layers * _pagesPerLayer);
        _freePages = new Stack<int>(pages);
        for (int page = pages - 1; page >= 0; page--)
        {
            _freePages.Push(page);
        }
        _freeSlots = new Stack<int>(slots);
        for (int slot = slots - 1; slot >= 0; slot--)
        {
            _freeSlots.Push(slot);
        }
        _tables = new AlignedBuffer((long)pages * sizeof(float*));
        _pages = new AlignedBuffer(pages * _pageFloats * sizeof(float));
    }

    /// <summary>Positions that one sequence may use.</summary>
    public int ContextLength { get; }

    /// <summary>Sequences that may be open at once.</summary>
    public int Slots { get; }

    /// <summary>Pages that no sequence holds.</summary>
    public int FreePages
    {
        get
        {
            lock (_gate)
            {
                return _freePages.Count;
            }
        }
    }

    /// <summary>Bytes of a cache of this size, tables included.</summary>
    public static long BytesFor(int layers, int kvHeads, int headDim, int contextLength, int slots)
    {
        // Saturates: options are a user's, and a nonsensical product must be refused as too large, not wrap around.
        long page = (KvPage.Floats(kvHeads, headDim) * sizeof(float)) + sizeof(float*);
        Int128 bytes = (Int128)slots * layers * PagesFor(contextLength) * page;
        return (long)Int128.Min(bytes, long.MaxValue / 4);
    }

    /// <summary>Takes a slot and pages for this many positions.</summary>
    /// <exception cref="ToreException"><c>context_length_exceeded</c> or <c>busy</c>.</exception>
    public KvSequence Open(int positions)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(positions, 1);
        if (positions > ContextLength)
        {
            throw new ToreException(
                ErrorCodes.ContextLengthExceeded,
                $"{positions} positions are asked for, but the context is {ContextLength}: shorten the prompt, "
                + "ask for fewer tokens, or raise --context.");
        }
        lock (_gate)
        {
            int pages = PagesFor(positions);
            if (!_freeSlots.TryPop(out int slot))
            {
                throw new ToreException(ErrorCodes.Busy, $"All {Slots} slots are in use: wait for a request to end, or raise --slots.");
            }
            float** table = (float**)_tables.Pointer + ((long)slot * _layers * _pagesPerLayer);
            for (int layer = 0; layer < _layers; layer++)
            {
                for (int i = 0; i < pages; i++)
                {
                    // As many pages as slots x context hold: a free slot always finds them.
                    table[((long)layer * _pagesPerLayer) + i] = _pages.Floats + (_freePages.Pop() * _pageFloats);
                }
            }
            return new KvSequence(this, slot, positions, table, _pagesPerLayer);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _tables.Dispose();
        _pages.Dispose();
    }

    internal void Free(KvSequence sequence)
    {
        lock (_gate)
        {
            int pages = PagesFor(sequence.Positions);
            for (int layer = _layers - 1; layer >= 0; layer--)
            {
                for (int i = pages - 1; i >= 0; i--)
                {
                    _freePages.Push((int)((sequence.PagesOf(layer)[i] - _pages.Floats) / _pageFloats));
                }
            }
            _freeSlots.Push(sequence.Slot);
        }
    }

    private static int PagesFor(int positions) => (int)((positions + (long)KvPage.Positions - 1) / KvPage.Positions);
}
