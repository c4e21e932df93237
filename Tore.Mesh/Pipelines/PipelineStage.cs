using Tore.Mesh.Primitives;

namespace Tore.Mesh.Pipelines;

/// <summary>Which node runs which layers of a route.</summary>
public readonly record struct PipelineStage(NodeId Node, LayerRange Layers);
