using Tore.Mesh.Inference.Stages;
using Tore.Mesh.Pipelines;

namespace Tore.Mesh.Host.Api.Forward;

/// <summary>The layers of a model that are open on this node, and what runs them.</summary>
internal sealed record ForwardShard(ModelListing Model, StageWorker Worker);

/// <summary>Finds, or opens, the layers of a model on this node; throws <c>model_not_found</c> or <c>model_not_ready</c>.</summary>
internal delegate ValueTask<ForwardShard> FindShard(string modelId, CancellationToken cancellationToken);
