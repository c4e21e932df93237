using Tore.Mesh.Primitives;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Replication;

/// <summary>What the capability index asks for. None of these may call back into it.</summary>
internal interface ICapabilityEffects
{
    /// <summary>Sends over the peer's control link; false where there is none or its queue is full: the message is dropped.</summary>
    bool TrySend<T>(NodeId peer, in T message)
        where T : struct, IMessage<T>;

    /// <summary>What is known of a node's capabilities or load changed, or was dropped.</summary>
    void RecordChanged(NodeId node);
}
