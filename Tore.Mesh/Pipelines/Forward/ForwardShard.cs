using Tore.Mesh.Inference.Stages;

namespace Tore.Mesh.Pipelines.Forward;

/// <summary>The layers of a model that are open on this node, and what runs them.</summary>
public sealed record ForwardShard(ModelListing Model, StageWorker Worker);
