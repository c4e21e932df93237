using Tore.Mesh.Primitives;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Membership.Swim;

/// <summary>What the membership core asks for. None of these may call back into the core.</summary>
internal interface IMembershipEffects
{
    /// <summary>Sends over the peer's control link; false where there is none or its queue is full: the message is dropped.</summary>
    bool TrySend<T>(NodeId peer, in T message)
        where T : struct, IMessage<T>;

    /// <summary>
    /// Wants a link with a peer that has none, now: for an own probe of a suspect, a probe on another's behalf, or to see whether a
    /// dead member is back. The outcome is a later <c>OnLinked</c> or <c>OnUnreachable</c>.
    /// </summary>
    void Reach(NodeId peer);

    /// <summary>
    /// Keeps the own incarnation durably, before it is told to anybody. False where that failed: it may then not be used.
    /// </summary>
    bool TrySaveIncarnation(ulong incarnation);

    /// <summary>A member's state, incarnation or addresses changed, or it was forgotten (its tombstone ended).</summary>
    void MemberChanged(NodeId member);
}
