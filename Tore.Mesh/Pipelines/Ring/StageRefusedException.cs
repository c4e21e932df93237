using Tore.Mesh.Primitives;

namespace Tore.Mesh.Pipelines.Ring;

/// <summary>A node of a planned route cannot take its stage; the route is planned again without it.</summary>
internal sealed class StageRefusedException(NodeId node, ToreException reason) : Exception(reason.Message, reason)
{
    /// <summary>Which.</summary>
    public NodeId Node { get; } = node;

    /// <summary>Why.</summary>
    public ToreException Reason { get; } = reason;
}
