using System.Buffers;
using Tore.Mesh.Membership;
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

    /// <summary>Members came, went, or changed.</summary>
    void OnMembersChanged(PeerSnapshot members);

    /// <summary>An activation link ended.</summary>
    void OnTargetClosed(IFrameTarget target);
}
