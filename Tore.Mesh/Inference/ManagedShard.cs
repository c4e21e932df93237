using Tore.Mesh.Inference.Threads;
using Tore.Mesh.Models;
using Tore.Mesh.Models.Gguf;
using Tore.Mesh.Primitives;
using Tore.Mesh.Tensors;

namespace Tore.Mesh.Inference;

/// <summary>A shard that runs on this process's own kernels, in the canonical arithmetic of docs/arithmetic.md.</summary>
internal sealed unsafe class ManagedShard : IShard
{
    private readonly ShardShape _shape;
    private readonly EnginePool _pool;
    private readonly ShardWeights _weights;
    private readonly ShardScratch _scratch;
    private readonly KvCache _cache;
    private readonly ForwardPass _forward;
    private readonly HeadPass _head;
    private readonly KernelSet _set;
    private readonly PassFlops _flops;

    private ManagedShard(ShardShape shape, EnginePool pool, ShardWeights weights, KernelSet set)
    {
        _shape = shape;
        _pool = pool;
        _weights = weights;
        _set = set;
        ModelConfig config = shape.Config;
        _scratch = new ShardScratch(shape);
        _cache = new KvCache(shape.Layers.Count, config.KvHeads, config.HeadDim, shape.ContextLength, shape.Slots);
        _forward = new ForwardPass(shape, weights, _scratch, set);
        _head = new HeadPass(shape, weights, _scratch, set);
        _flops = new PassFlops(config, weights);
        pool.SpinsBetweenJobs = IsFirst && IsLast;
    }

    /// <inheritdoc/>
    public LayerRange Layers => _shape.Layers;

    /// <inheritdoc/>
    public bool IsFirst => _shape.IsFirst;

    /// <inheritdoc/>
    public bool IsLast => _shape.IsLast;

    /// <inheritdoc/>
    public int Width => _shape.Config.Width;

    /// <inheritdoc/>
    public int VocabularySize => _shape.Config.VocabularySize;

    /// <inheritdoc/>
    public int ContextLength => _shape.ContextLength;

    /// <inheritdoc/>
    public int Slots => _shape.Slots;

    /// <inheritdoc/>
    public int PrefillChunk => _shape.Chunk;

    /// <inheritdoc/>
    public int MaxRows => _shape.MaxRows;

    /// <inheritdoc/>
    public int MaxLogitRows => _shape.MaxLogitRows;

    /// <inheritdoc/>
    public ShardBudget Budget => _shape.Budget;

    /// <inheritdoc/>
    public string Isa => KernelSets.NameOf(_set);

    /// <inheritdoc/>
    public long Flops { get; private set; }

    /// <inheritdoc/>
    public Span<int> TokenIds => _forward.Ids;

    /// <inheritdoc/>
    public Span<float> Hidden => new(_scratch.Hidden, MaxRows * Width);

    /// <summary>The engine threads, for measurements beside the passes.</summary>
    internal EnginePool Pool => _pool;

    /// <summary>Pages that no sequence holds.</summary>
    internal int FreePages => _cache.FreePages;

    /// <summary>Loads a shard; on any failure nothing of it stays in memory.</summary>
    public static ManagedShard Load(
        GgufFile file, ModelTensors tensors, ShardShape shape, EnginePool pool, KernelSet set,
        IProgress<LoadProgress>? progress, CancellationToken cancellationToken)
    {
        ShardWeights weights = ShardWeights.Load(file, tensors, shape, pool, progress, cancellationToken);
        try
        {
            return new ManagedShard(shape, pool, weights, set);
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public IShardSequence OpenSequence(int positions) => _cache.Open(positions);

    /// <inheritdoc/>
    public void Forward(ReadOnlySpan<ShardStep> steps, Span<bool> failed)
    {
        int rows = 0;
        foreach (ref readonly ShardStep step in steps)
        {
            Check(step);
            rows += step.Count;
            ArgumentOutOfRangeException.ThrowIfGreaterThan(rows, MaxRows);
        }
        if (IsFirst)
        {
            foreach (int id in TokenIds[..rows])
            {
                ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)id, (uint)VocabularySize);
            }
        }
        _forward.Prepare(steps);
        _pool.Run(_forward);
        Span<PassStep> done = _forward.Steps;
        for (int i = 0; i < done.Length; i++)
        {
            failed[i] = _forward.HasFailed(done[i]);
            done[i].Sequence.Length += done[i].Count;
            Count(done[i].Sequence, _flops.OfStep(done[i], _forward));
        }
    }

    /// <inheritdoc/>
    public ReadOnlySpan<float> Logits(int firstRow, int rows)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(rows, MaxLogitRows);
        ReadOnlySpan<int> wanted = _forward.Wanted.Slice(firstRow, rows);
        _head.Prepare(wanted, _forward.Narrows ? firstRow : null);
        _pool.Run(_head);
        _head.SpoilFailed();
        foreach (ref PassStep step in _forward.Steps)
        {
            foreach (int row in wanted)
            {
                Count(step.Sequence, row >= step.FirstRow && row < step.FirstRow + step.Count ? _flops.OfLogits : 0);
            }
        }
        return new ReadOnlySpan<float>(_scratch.Logits, checked(rows * VocabularySize));
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _pool.Dispose();
        _cache.Dispose();
        _scratch.Dispose();
        _weights.Dispose();
    }

    private static void Check(in ShardStep step)
    {
        var sequence = (KvSequence)step.Sequence;
        ObjectDisposedException.ThrowIf(sequence.IsFreed, sequence);
        ArgumentOutOfRangeException.ThrowIfNotEqual(step.Position, sequence.Length);
        ArgumentOutOfRangeException.ThrowIfLessThan(step.Count, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(step.Count, sequence.Positions - step.Position);
    }

    private void Count(KvSequence sequence, long flops)
    {
        sequence.Flops += flops;
        Flops += flops;
    }
}
