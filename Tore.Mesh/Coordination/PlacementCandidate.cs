using Tore.Mesh.Primitives;

namespace Tore.Mesh.Coordination;

/// <summary>A live node that holds a model.</summary>
/// <param name="Node">Its id.</param>
/// <param name="Limit">Its <c>--layers</c>, the only layers it opens; null for any.</param>
public readonly record struct PlacementCandidate(NodeId Node, LayerRange? Limit);
