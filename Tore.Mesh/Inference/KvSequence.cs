namespace Tore.Mesh.Inference;

/// <summary>The pages of one sequence.</summary>
internal sealed unsafe class KvSequence : IShardSequence
{
    private readonly KvCache _cache;
    private readonly float** _table;
    private readonly int _pagesPerLayer;
    private int _freed;

    internal KvSequence(KvCache cache, int slot, int positions, float** table, int pagesPerLayer)
    {
        _cache = cache;
        _table = table;
        _pagesPerLayer = pagesPerLayer;
        Slot = slot;
        Positions = positions;
    }

    /// <inheritdoc/>
    public int Positions { get; }

    /// <inheritdoc/>
    public long Flops { get; internal set; }

    /// <summary>Rows that the shard has run: the position of the next.</summary>
    public int Length { get; internal set; }

    /// <summary>Whether it was given back.</summary>
    public bool IsFreed => Volatile.Read(ref _freed) != 0;

    internal int Slot { get; }

    /// <summary>The pages of a layer of the shard, from position 0.</summary>
    public float** PagesOf(int layer) => _table + ((long)layer * _pagesPerLayer);

    /// <inheritdoc/>
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _freed, 1) == 0)
        {
            _cache.Free(this);
        }
    }
}
