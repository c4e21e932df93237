using Tore.Mesh.Inference.Stages;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Pipelines.Stages;

/// <summary>Layers of a model that are loaded here, and what runs them.</summary>
internal sealed class OpenedShard : IAsyncDisposable
{
    private int _users;

    /// <summary>Takes over the worker.</summary>
    public OpenedShard(Digest model, StageWorker worker)
    {
        Model = model;
        Worker = worker;
        Slots = new SlotQueue(worker);
    }

    /// <summary>The model.</summary>
    public Digest Model { get; }

    /// <summary>The layers.</summary>
    public LayerRange Layers => Worker.Shard.Layers;

    /// <summary>What runs them.</summary>
    public StageWorker Worker { get; }

    /// <summary>Its slots.</summary>
    public SlotQueue Slots { get; }

    /// <summary>When it was last asked for, on the store's clock; the one unused longest goes first.</summary>
    public long UsedAt { get; set; }

    /// <summary>Requests that hold it, or wait for it.</summary>
    public int Users => Volatile.Read(ref _users);

    /// <summary>Whether anything runs on it, forward calls of others included.</summary>
    public bool IsIdle => Users == 0 && Worker.OpenSequences == 0;

    /// <summary>Rows of one request that may wait here: a first stage takes the whole prompt.</summary>
    public int WaitingRowsMax =>
        Worker.Shard.IsFirst ? Worker.Shard.ContextLength : Limits.TokensAhead * Worker.Shard.PrefillChunk;

    /// <summary>Holds it: it is not unloaded before as many calls of <see cref="Release"/>.</summary>
    public void Hold() => Interlocked.Increment(ref _users);

    /// <summary>Gives it back.</summary>
    public void Release() => Interlocked.Decrement(ref _users);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        Slots.Dispose();
        await Worker.DisposeAsync();
    }
}
