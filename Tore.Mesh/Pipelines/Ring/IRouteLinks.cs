using Tore.Mesh.Primitives;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Pipelines.Ring;

/// <summary>The ways from this node to the others that routes use.</summary>
internal interface IRouteLinks
{
    /// <summary>This node.</summary>
    NodeId Self { get; }

    /// <summary>
    /// Where frames for a node go: its activation link, dialled when there is none yet, or this process. Throws
    /// <c>peer_unreachable</c>, or what the handshake failed for.
    /// </summary>
    ValueTask<IFrameTarget> TargetAsync(NodeId node, CancellationToken cancellationToken);

    /// <summary>Sends a control message; false when the peer is not linked or its queue is full.</summary>
    bool TrySendControl<T>(NodeId peer, in T message)
        where T : struct, IMessage<T>;
}
