using Tore.Mesh.Primitives;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Pipelines.Ring;

/// <summary>The live nodes at one moment, this one included, by id; replaced whole, never changed.</summary>
/// <param name="Version">Rises with every change.</param>
/// <param name="Nodes">What each says of itself.</param>
internal sealed record MeshState(long Version, IReadOnlyList<NodeInfo> Nodes)
{
    /// <summary>Whether a node is among them.</summary>
    public bool Has(NodeId node) => Nodes.Any(n => n.Node == node);
}
