using Tore.Mesh.Primitives;

namespace Tore.Mesh.Node;

/// <summary>A live node that holds a model's file.</summary>
/// <param name="Node">Its id.</param>
/// <param name="Limit">The only layers it opens; null for any.</param>
/// <param name="Open">The range registered there now; null when nothing is loaded.</param>
public readonly record struct ModelHolder(NodeId Node, LayerRange? Limit, LayerRange? Open);
