using Tore.Mesh.Primitives;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Pipelines.Ring;

/// <summary>Takes the frames of all routes that pass through a node. Frames of routes that are over, or of others, are dropped.</summary>
internal interface IFrameReceiver
{
    /// <summary>Rows, or token ids for stage 1; lent during the call.</summary>
    void OnActivations(NodeId from, in Activations head, ReadOnlySpan<float> rows);

    /// <summary>A drawn token, for stage 1 or the entry node or both.</summary>
    void OnToken(NodeId from, in Token token);

    /// <summary>The last stage is through with rows.</summary>
    void OnChunkDone(NodeId from, in ChunkDone done);
}
