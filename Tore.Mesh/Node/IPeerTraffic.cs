using System.Buffers;
using Tore.Mesh.Pipelines.Ring;
using Tore.Mesh.Primitives;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Node;

/// <summary>What a node does with what its links bring, beside membership. None of these may block.</summary>
internal interface IPeerTraffic : IFrameReceiver
{
    /// <summary>A message of a shard or a sequence; the body is lent during the call.</summary>
    void OnMessage(NodeId from, MessageType type, in ReadOnlySequence<byte> body);

    /// <summary>A control message from this node to itself.</summary>
    void OnOwnMessage<T>(in T message)
        where T : struct, IMessage<T>;

    /// <summary>The mesh changed; one call after the other, each with a snapshot no older than the last.</summary>
    /// <param name="mesh">The mesh now.</param>
    /// <param name="lost">
    /// Nodes whose last link broke, or that are another process than before: what ran with them is lost, though they may be members.
    /// </param>
    void OnMeshChanged(MeshSnapshot mesh, IReadOnlySet<NodeId> lost);

    /// <summary>An activation link ended.</summary>
    void OnTargetClosed(IFrameTarget target);
}
