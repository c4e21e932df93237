using Tore.Mesh.Models;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Pipelines.Ring;

/// <summary>The mesh as an entry node sees it.</summary>
internal interface IMeshView
{
    /// <summary>This node.</summary>
    NodeId Self { get; }

    /// <summary>The live nodes.</summary>
    MeshState Current { get; }

    /// <summary>Ends when <see cref="Current"/> is newer than <paramref name="version"/>.</summary>
    Task WaitForChangeAsync(long version, CancellationToken cancellationToken);

    /// <summary>Asks a node for its stages.</summary>
    IStageClient StagesOf(NodeId node);

    /// <summary>The text side of a model whose file is here.</summary>
    ModelText? TextOf(Digest model);
}
