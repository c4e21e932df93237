using Tore.Mesh.Inference;
using Tore.Mesh.Models;
using Tore.Mesh.Models.Gguf;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Pipelines.Local;

/// <summary>Loads all layers of a model into this process, as one shard or cut into several.</summary>
internal static class LocalStages
{
    /// <summary>The layer ranges of <paramref name="stages"/> stages; <c>invalid_stages</c> when there are fewer layers.</summary>
    public static LayerRange[] Cut(ModelConfig config, int stages)
    {
        if (stages < 1 || stages > config.LayerCount)
        {
            throw new ToreException(
                ErrorCodes.InvalidStages,
                $"{stages} stages are asked for, but the model has {config.LayerCount} layers and every stage needs at least one: "
                + $"take 1 to {config.LayerCount}.");
        }
        return LayerRange.Split(config.LayerCount, stages);
    }

    /// <summary>What <paramref name="stages"/> stages need together, refused as a whole when it is more than is granted.</summary>
    public static ShardBudget Plan(IShardBackend backend, GgufFile file, ModelConfig config, int stages, ShardOptions options)
    {
        ShardBudget budget = default;
        foreach (LayerRange range in Cut(config, stages))
        {
            budget += backend.Plan(file, config, range, options);
        }
        long limit = options.MemoryBytes ?? MemoryGrant.DefaultBudgetBytes();
        budget.Require(limit, LayerRange.All(config.LayerCount), options.Slots, options.ContextFor(config.ContextLength));
        return budget;
    }

    /// <summary>Loads the stages one after the other on the calling thread; on failure none stays.</summary>
    public static IShard[] Load(
        IShardBackend backend, GgufFile file, ModelConfig config, int stages, ShardOptions options,
        IProgress<LoadProgress>? progress, CancellationToken cancellationToken)
    {
        Plan(backend, file, config, stages, options);
        LayerRange[] ranges = Cut(config, stages);
        var shards = new List<IShard>(ranges.Length);
        try
        {
            foreach (LayerRange range in ranges)
            {
                shards.Add(backend.Load(file, config, range, options, progress, cancellationToken));
            }
            return [.. shards];
        }
        catch
        {
            shards.ForEach(shard => shard.Dispose());
            throw;
        }
    }
}
