using Tore.Mesh.Primitives;

namespace Tore.Mesh.Coordination;

/// <summary>One stage of a plan: the layers that a node is to run.</summary>
public readonly record struct PlacedRange(NodeId Node, LayerRange Layers);
