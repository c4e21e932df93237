using Microsoft.Extensions.Logging;
using Tore.Mesh.Inference;
using Tore.Mesh.Inference.Stages;
using Tore.Mesh.Models;
using Tore.Mesh.Pipelines.Stages;
using Tore.Mesh.Primitives;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Node;

/// <summary>
/// The shards of a node: loaded on demand, one load at a time, and kept while they are used or while memory allows; then the one
/// unused longest goes. Of a model's ranges the newest is registered, the others drain.
/// </summary>
internal sealed class ShardStore : IStageShards, IAsyncDisposable
{
    private readonly IShardBackend _backend;
    private readonly ShardOptions _options;
    private readonly long _memoryBytes;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly Lock _gate = new();
    private readonly Dictionary<Digest, ServedModel> _models = [];
    private readonly Dictionary<Digest, OpenedShard> _registered = [];
    private readonly List<OpenedShard> _opened = [];
    private readonly Dictionary<(Digest, LayerRange), Task<OpenedShard>> _loading = [];
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly OwnedTasks _tasks = new();
    private readonly CancellationTokenSource _stop = new();
    private TaskCompletionSource _freed = NewSignal();

    /// <summary>Makes a store without models.</summary>
    public ShardStore(IShardBackend backend, ShardOptions options, TimeProvider time, ILogger logger)
    {
        _backend = backend;
        _options = options;
        _memoryBytes = options.MemoryBytes ?? MemoryGrant.DefaultBudgetBytes();
        _time = time;
        _logger = logger;
    }

    /// <summary>Called when a model was added or a range registered.</summary>
    public Action? Changed { get; set; }

    /// <summary>Sequences that hold slots, those of forward calls included.</summary>
    public int SlotsInUse => Snapshot().Sum(s => s.Worker.OpenSequences);

    /// <summary>Bytes reserved for key-value caches.</summary>
    public long KeyValueBytes => Snapshot().Sum(s => s.Worker.Shard.Budget.KeyValueBytes);

    /// <summary>Floating-point operations run by what is loaded now.</summary>
    public long Flops => Snapshot().Sum(s => s.Worker.Shard.Flops);

    /// <summary>What this node tells others of its models, by label.</summary>
    public IReadOnlyList<HeldModel> Held
    {
        get
        {
            lock (_gate)
            {
                return [.. _models.Values.OrderBy(m => m.Label, StringComparer.Ordinal).Select(m => new HeldModel(
                    m.Digest, m.Label, m.Config.Architecture.Name, m.Config.LayerCount, m.ContextFor(_options), m.Limit,
                    _registered.TryGetValue(m.Digest, out OpenedShard? open) ? open.Layers : null))];
            }
        }
    }

    /// <summary>Takes over a model; false when one of this digest is here already.</summary>
    public bool Add(ServedModel model)
    {
        lock (_gate)
        {
            if (!_models.TryAdd(model.Digest, model))
            {
                return false;
            }
        }
        Changed?.Invoke();
        return true;
    }

    /// <summary>The text side of a model that is here.</summary>
    public ModelText? TextOf(Digest model)
    {
        lock (_gate)
        {
            return _models.GetValueOrDefault(model)?.Text;
        }
    }

    /// <summary>The registered range of a model; null when nothing is loaded.</summary>
    public OpenedShard? Registered(Digest model)
    {
        lock (_gate)
        {
            return _registered.GetValueOrDefault(model);
        }
    }

    /// <summary>Something stopped using a shard: a load that waits for memory looks again.</summary>
    public void OnUseEnded()
    {
        lock (_gate)
        {
            _freed.TrySetResult();
            _freed = NewSignal();
        }
    }

    /// <inheritdoc/>
    public OpenedShard? Hold(Digest model, LayerRange layers)
    {
        lock (_gate)
        {
            OpenedShard? shard = Find(model, layers);
            shard?.Hold();
            return shard;
        }
    }

    /// <inheritdoc/>
    public async Task<OpenedShard> OpenAsync(Digest model, LayerRange layers, int contextLength, CancellationToken cancellationToken)
    {
        Task<OpenedShard> load;
        lock (_gate)
        {
            ServedModel served = Check(model, layers, contextLength);
            if (Find(model, layers) is { } opened)
            {
                load = Task.FromResult(opened);
            }
            else if (!_loading.TryGetValue((model, layers), out load!))
            {
                _loading[(model, layers)] = load = LoadSharedAsync(served, layers);
                _tasks.Add(load.ContinueWith(static _ => { }, TaskScheduler.Default));
            }
        }
        OpenedShard shard = await load.WaitAsync(cancellationToken);
        Register(shard);
        return shard;
    }

    /// <summary>Unloads everything and closes the files.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _tasks.WaitAsync();
        foreach (OpenedShard shard in Snapshot())
        {
            await shard.DisposeAsync();
        }
        foreach (ServedModel model in _models.Values)
        {
            model.File.Dispose();
        }
        _turn.Dispose();
        _stop.Dispose();
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private OpenedShard[] Snapshot()
    {
        lock (_gate)
        {
            return [.. _opened];
        }
    }

    private OpenedShard? Find(Digest model, LayerRange layers) => _opened.Find(s => s.Model == model && s.Layers == layers);

    private ServedModel Check(Digest model, LayerRange layers, int contextLength)
    {
        ServedModel served = _models.GetValueOrDefault(model)
            ?? throw new ToreException(ErrorCodes.ModelNotFound, $"This node does not hold the model {model}.");
        if (layers.End >= served.Config.LayerCount || (served.Limit is { } limit && !limit.Contains(layers)))
        {
            throw new ToreException(ErrorCodes.InvalidStages,
                $"Layers {layers} of '{served.Label}' cannot be opened here: this node opens "
                + $"{served.Limit ?? LayerRange.All(served.Config.LayerCount)}.");
        }
        if (contextLength > served.ContextFor(_options))
        {
            throw new ToreException(ErrorCodes.ContextLengthExceeded,
                $"{contextLength} positions are asked for; this node holds {served.ContextFor(_options)} a sequence (--context).");
        }
        return served;
    }

    private void Register(OpenedShard shard)
    {
        lock (_gate)
        {
            shard.UsedAt = _time.GetTimestamp();
            if (_registered.GetValueOrDefault(shard.Model) == shard || !_opened.Contains(shard))
            {
                return;
            }
            _registered[shard.Model] = shard;
        }
        Changed?.Invoke();
    }

    private async Task<OpenedShard> LoadSharedAsync(ServedModel model, LayerRange layers)
    {
        await Task.Yield();
        try
        {
            await _turn.WaitAsync(_stop.Token);
            try
            {
                return await LoadAsync(model, layers);
            }
            finally
            {
                _turn.Release();
            }
        }
        catch (OperationCanceledException)
        {
            throw new ToreException(ErrorCodes.Draining, "This node is shutting down.");
        }
        finally
        {
            lock (_gate)
            {
                _loading.Remove((model.Digest, layers));
            }
        }
    }

    private async Task<OpenedShard> LoadAsync(ServedModel model, LayerRange layers)
    {
        ShardBudget budget = _backend.Plan(model.File, model.Config, layers, _options);
        budget.Require(_memoryBytes, layers, _options.Slots, model.ContextFor(_options));
        long left = await MakeRoomAsync(budget, layers);
        _logger.LogInformation("Loading layers {Layers} of {Model} ({Bytes} bytes).", layers, model.Label, budget.TotalBytes);
        long started = _time.GetTimestamp();
        // Loading computes for seconds to minutes: a thread of its own.
        IShard shard = await Task.Factory.StartNew(
            () => _backend.Load(model.File, model.Config, layers, _options with { MemoryBytes = left }, progress: null, _stop.Token),
            _stop.Token, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        _logger.LogInformation("Loaded layers {Layers} of {Model} in {Seconds:0.0} s.",
            layers, model.Label, _time.GetElapsedTime(started).TotalSeconds);
        var opened = new OpenedShard(model.Digest, new StageWorker(shard)) { UsedAt = _time.GetTimestamp() };
        lock (_gate)
        {
            _opened.Add(opened);
        }
        return opened;
    }

    /// <summary>
    /// Unloads what is unused until the budget fits, waiting for requests to end where that is not enough. Gives the bytes left.
    /// </summary>
    private async Task<long> MakeRoomAsync(ShardBudget budget, LayerRange layers)
    {
        using var patience = new CancellationTokenSource(Limits.SlotWait, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, _stop.Token);
        while (true)
        {
            OpenedShard? victim;
            Task freed;
            lock (_gate)
            {
                long left = _memoryBytes - _opened.Sum(s => s.Worker.Shard.Budget.TotalBytes);
                if (budget.TotalBytes <= left)
                {
                    return left;
                }
                freed = _freed.Task;
                victim = _opened.Where(s => s.IsIdle).MinBy(s => s.UsedAt);
                if (victim is not null)
                {
                    _opened.Remove(victim);
                    if (_registered.GetValueOrDefault(victim.Model) == victim)
                    {
                        _registered.Remove(victim.Model);
                    }
                }
            }
            if (victim is not null)
            {
                _logger.LogInformation("Unloading layers {Layers}: others need the memory.", victim.Layers);
                await victim.DisposeAsync();
                Changed?.Invoke();
                continue;
            }
            try
            {
                await freed.WaitAsync(either.Token);
            }
            catch (OperationCanceledException) when (!_stop.IsCancellationRequested)
            {
                throw new ToreException(ErrorCodes.MemoryBudgetExceeded,
                    $"Layers {layers} need {budget.TotalBytes} bytes, but running requests use the memory. "
                    + "Ask again later, or raise --memory.");
            }
        }
    }
}
