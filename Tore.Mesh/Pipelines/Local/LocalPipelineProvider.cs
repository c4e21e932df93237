using Tore.Mesh.Inference;
using Tore.Mesh.Inference.Stages;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Pipelines.Local;

/// <summary>One model, all of it in this process: as one shard, or cut into stages that hand each other activations in memory.</summary>
public sealed class LocalPipelineProvider : IPipelineProvider, IAsyncDisposable
{
    private const int DigestPrefixDigits = 12;

    private readonly StageWorker[] _workers;
    private readonly SemaphoreSlim _slots;
    private readonly CancellationTokenSource _draining = new();
    private readonly TimeProvider _time;
    private readonly ModelListing _model;
    private int _waiting;
    private bool _disposed;

    private LocalPipelineProvider(LocalModel model, IShard[] shards, ShardBudget budget, NodeId node, TimeProvider time)
    {
        _time = time;
        _workers = [.. shards.Select(shard => new StageWorker(shard))];
        _slots = new SemaphoreSlim(shards[0].Slots);
        Budget = budget;
        Stages = [.. shards.Select(shard => new PipelineStage(node, shard.Layers))];
        _model = new ModelListing
        {
            Label = model.Label,
            Digest = model.Digest,
            Architecture = model.Config.Architecture.Name,
            LayerCount = model.Config.LayerCount,
            ContextLength = shards[0].ContextLength,
            Text = model.Text,
            MissingLayers = [],
        };
        Models = [_model];
    }

    /// <inheritdoc/>
    public IReadOnlyList<ModelListing> Models { get; }

    /// <summary>The stages in layer order.</summary>
    public IReadOnlyList<PipelineStage> Stages { get; }

    /// <summary>What the stages' memory goes to, together.</summary>
    public ShardBudget Budget { get; }

    /// <summary>The kernel set that runs.</summary>
    public string Isa => _workers[0].Shard.Isa;

    /// <summary>Requests that may run at once.</summary>
    public int Slots => _workers[0].Shard.Slots;

    /// <summary>Floating-point operations run so far.</summary>
    public long Flops => _workers.Sum(worker => worker.Shard.Flops);

    /// <summary>Loads all layers on the calling thread.</summary>
    /// <param name="backend">What runs them.</param>
    /// <param name="model">The model.</param>
    /// <param name="stages">Shards to cut it into.</param>
    /// <param name="options">For each of the shards; the memory is for all of them together.</param>
    /// <param name="node">This node's id, for the stages' names.</param>
    /// <param name="time">Times the wait for a slot.</param>
    /// <param name="progress">Told how far loading has come, stage by stage.</param>
    /// <param name="cancellationToken">Ends loading; nothing stays.</param>
    /// <exception cref="ToreException"><c>invalid_stages</c>, <c>memory_budget_exceeded</c>, <c>model_bad_value</c>, ...</exception>
    public static LocalPipelineProvider Load(
        IShardBackend backend,
        LocalModel model,
        int stages,
        ShardOptions options,
        NodeId node,
        TimeProvider time,
        IProgress<LoadProgress>? progress,
        CancellationToken cancellationToken)
    {
        ShardBudget budget = LocalStages.Plan(backend, model.File, model.Config, stages, options);
        IShard[] shards = LocalStages.Load(backend, model.File, model.Config, stages, options, progress, cancellationToken);
        return new LocalPipelineProvider(model, shards, budget, node, time);
    }

    /// <inheritdoc/>
    public ModelListing Resolve(string modelId)
    {
        string digest = _model.Digest.ToString();
        bool isPrefix = modelId.Length >= "sha256:".Length + DigestPrefixDigits
            && digest.StartsWith(modelId, StringComparison.OrdinalIgnoreCase);
        return modelId == _model.Label || isPrefix
            ? _model
            : throw new ToreException(
                ErrorCodes.ModelNotFound, $"There is no model '{modelId}' here; there is '{_model.Label}' ({digest}).");
    }

    /// <inheritdoc/>
    public async ValueTask<ITokenPipeline> AcquireAsync(ModelListing model, int positions, CancellationToken cancellationToken)
    {
        if (positions > _model.ContextLength)
        {
            throw new ToreException(
                ErrorCodes.ContextLengthExceeded,
                $"{positions} positions are asked for, but the context is {_model.ContextLength}: shorten the prompt, "
                + "ask for fewer tokens, or raise --context.");
        }
        await WaitForSlotAsync(cancellationToken);
        return new LocalPipeline(this, positions);
    }

    /// <summary>Fails what runs with <c>draining</c> and frees the shards.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }
        _disposed = true;
        await _draining.CancelAsync();
        foreach (StageWorker worker in _workers)
        {
            await worker.DisposeAsync();
        }
    }

    internal StageWorker[] Workers => _workers;

    internal void Release() => _slots.Release();

    private async Task WaitForSlotAsync(CancellationToken cancellationToken)
    {
        if (_draining.IsCancellationRequested)
        {
            throw Draining();
        }
        if (_slots.Wait(0, CancellationToken.None))
        {
            return;
        }
        if (Interlocked.Increment(ref _waiting) > Limits.WaitingRequests)
        {
            Interlocked.Decrement(ref _waiting);
            throw new ToreException(
                ErrorCodes.Busy, $"All {Slots} slots are in use and {Limits.WaitingRequests} requests wait already: try again later.");
        }
        using var patience = new CancellationTokenSource(Limits.SlotWait, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token, _draining.Token);
        try
        {
            await _slots.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw _draining.IsCancellationRequested
                ? Draining()
                : new ToreException(
                    ErrorCodes.Busy, $"None of the {Slots} slots became free within {Limits.SlotWait.TotalSeconds} s: try again later.");
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    private static ToreException Draining() => new(ErrorCodes.Draining, "This process is shutting down: ask elsewhere, or later.");
}
