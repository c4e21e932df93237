using Tore.Mesh.Models;
using Tore.Mesh.Models.Gguf;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Inference;

/// <summary>A way to run shards: the managed engine here, others beside it.</summary>
public interface IShardBackend
{
    /// <summary>Its name, such as <c>managed</c>.</summary>
    string Name { get; }

    /// <summary>Identifies its arithmetic: shards of equal fingerprints give equal bits.</summary>
    string Fingerprint { get; }

    /// <summary>What a shard would need, without loading anything.</summary>
    ShardBudget Plan(GgufFile file, ModelConfig config, LayerRange layers, ShardOptions options);

    /// <summary>Loads layers of a model on the calling thread.</summary>
    /// <exception cref="ToreException"><c>memory_budget_exceeded</c>, <c>model_bad_value</c>, <c>model_malformed</c>, ...</exception>
    IShard Load(
        GgufFile file,
        ModelConfig config,
        LayerRange layers,
        ShardOptions options,
        IProgress<LoadProgress>? progress,
        CancellationToken cancellationToken);
}
