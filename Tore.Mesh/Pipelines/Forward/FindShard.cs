namespace Tore.Mesh.Pipelines.Forward;

/// <summary>Finds, or opens, the layers of a model on this node; throws <c>model_not_found</c> or <c>model_not_ready</c>.</summary>
public delegate ValueTask<ForwardShard> FindShard(string modelId, CancellationToken cancellationToken);
