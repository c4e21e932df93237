using Tore.Mesh.Membership;
using Tore.Mesh.Primitives;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Node;

/// <summary>
/// What the mesh core asks of its shell: <see cref="PeerNetwork"/>, or the simulator. None of these may call back into the
/// core; outcomes come back as its inputs, later.
/// </summary>
internal interface IMeshEffects
{
    /// <summary>
    /// Dials a control link. Always answered by exactly one <c>OnLinkOpened</c> with this address, or <c>OnDialFailed</c>.
    /// </summary>
    /// <param name="address">Where.</param>
    /// <param name="expected">Who must answer; null takes anybody (seeds).</param>
    void Dial(PeerAddress address, NodeId? expected);

    /// <summary>Queues a message on a control link; false when the link is gone or its queue is full: the message is dropped.</summary>
    bool TrySend<T>(long link, in T message)
        where T : struct, IMessage<T>;

    /// <summary>Closes a link, once what is queued has gone out. Answered by <c>OnLinkClosed</c>.</summary>
    void Close(long link, string code, string reason);

    /// <summary>Keeps the own incarnation durably, before it is told to anybody; false where that failed.</summary>
    bool TrySaveIncarnation(ulong incarnation);

    /// <summary>Members, links or records changed: a new <c>Snapshot</c> is there. Called at most once an input.</summary>
    void Changed();
}
