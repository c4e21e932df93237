using Tore.Mesh.Primitives;

namespace Tore.Mesh.Pipelines.Stages;

/// <summary>The shards that a node can open.</summary>
internal interface IStageShards
{
    /// <summary>
    /// Loads a range, or finds it loaded, and registers it as the newest of its model. The load goes on when the wait is cancelled.
    /// Throws <c>model_not_found</c>, <c>invalid_stages</c> (the node's limit), <c>memory_budget_exceeded</c>, ...
    /// </summary>
    Task<OpenedShard> OpenAsync(Digest model, LayerRange layers, int contextLength, CancellationToken cancellationToken);

    /// <summary>Holds a range that is loaded; null when it is not. The caller releases it.</summary>
    OpenedShard? Hold(Digest model, LayerRange layers);
}
