using Tore.Mesh.Inference.Threads;
using Tore.Mesh.Models;
using Tore.Mesh.Models.Gguf;
using Tore.Mesh.Primitives;
using Tore.Mesh.Tensors;

namespace Tore.Mesh.Inference;

/// <summary>The managed engine: C# with SIMD intrinsics, no native library, the same bits on every machine.</summary>
public sealed class ManagedBackend : IShardBackend, IDisposable
{
    private readonly EngineCensus _census;
    private readonly TimeProvider _time;
    private readonly KernelSet _set;

    /// <summary>Makes the backend; one a process.</summary>
    /// <param name="time">Times the engine threads' spinning and counting; null for the system's.</param>
    public ManagedBackend(TimeProvider? time = null)
        : this(KernelSets.Current, EngineCensus.UserFolder(), time ?? TimeProvider.System)
    {
    }

    internal ManagedBackend(KernelSet set, string censusFolder, TimeProvider time)
    {
        _set = set;
        _time = time;
        _census = new EngineCensus(censusFolder, Environment.ProcessorCount, time);
    }

    /// <inheritdoc/>
    public string Name => "managed";

    /// <inheritdoc/>
    public string Fingerprint => EngineFingerprint.Current;

    /// <inheritdoc/>
    public ShardBudget Plan(GgufFile file, ModelConfig config, LayerRange layers, ShardOptions options) =>
        new ShardShape(config, ModelTensors.Read(file, config), layers, options).Budget;

    /// <inheritdoc/>
    public IShard Load(
        GgufFile file,
        ModelConfig config,
        LayerRange layers,
        ShardOptions options,
        IProgress<LoadProgress>? progress,
        CancellationToken cancellationToken)
    {
        ModelTensors tensors = ModelTensors.Read(file, config);
        var shape = new ShardShape(config, tensors, layers, options);
        shape.Budget.Require(options.MemoryBytes ?? MemoryGrant.DefaultBudgetBytes(), layers, shape.Slots, shape.ContextLength);
        var pool = new EnginePool(shape.Lanes, _census, _time);
        try
        {
            return ManagedShard.Load(file, tensors, shape, pool, _set, progress, cancellationToken);
        }
        catch
        {
            pool.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _census.Dispose();
}
