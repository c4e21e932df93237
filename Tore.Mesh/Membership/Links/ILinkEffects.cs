using Tore.Mesh.Primitives;

namespace Tore.Mesh.Membership.Links;

/// <summary>What <see cref="LinkDirectory"/> asks for and tells. None of these may call back into the directory.</summary>
internal interface ILinkEffects
{
    /// <summary>Dial a control link; the outcome comes back as <c>OnLinkOpened</c> or <c>OnDialFailed</c>, always, and once.</summary>
    void Dial(PeerAddress address, NodeId? expected);

    /// <summary>Send this node's own record: the first message on a link.</summary>
    void Introduce(long link);

    /// <summary>
    /// Tell the peer that this link is not needed any more and go on receiving: the peer closes it behind what it had sent before.
    /// </summary>
    void SayGoodbye(long link, string code, string text);

    /// <summary>Close a link, once what is queued has gone out.</summary>
    void Close(long link, string code, string reason);

    /// <summary>The last link with a peer that had introduced itself is gone. Broken: without a word from either side.</summary>
    void Unlinked(NodeId peer, bool broken);

    /// <summary>A peer that was to be reached for a probe could not be, in time.</summary>
    void Unreachable(NodeId peer);

    /// <summary>Another link with a peer is in use than before, or none.</summary>
    void LinkChanged(NodeId peer);
}
