using Tore.Mesh.Inference.Stages;
using Tore.Mesh.Pipelines;

namespace Tore.Mesh.Host.Api.Forward;

/// <summary>The layers of a model that are open on this node, and what runs them.</summary>
internal sealed record ForwardShard(ModelListing Model, StageWorker Worker);
