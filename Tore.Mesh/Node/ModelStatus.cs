using Tore.Mesh.Pipelines;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Node;

/// <summary>A model as the mesh around this node serves it.</summary>
public sealed record ModelStatus
{
    /// <summary>Label, digest, layers and what is missing.</summary>
    public required ModelListing Listing { get; init; }

    /// <summary>The stages that a request entering here now would take, in layer order; incomplete when layers are missing.</summary>
    public required IReadOnlyList<PipelineStage> Route { get; init; }

    /// <summary>Live nodes that hold the file, by id, this one included.</summary>
    public required IReadOnlyList<ModelHolder> Holders { get; init; }
}
