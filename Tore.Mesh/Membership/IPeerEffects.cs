using Tore.Mesh.Wire;

namespace Tore.Mesh.Membership;

/// <summary>What <see cref="PeerDirectory"/> asks of its shell. None of these may call back into the directory.</summary>
internal interface IPeerEffects
{
    /// <summary>Dial a control link; the outcome comes back as <c>OnLinkOpened</c> or <c>OnDialFailed</c>, always.</summary>
    void Dial(PeerAddress address);

    /// <summary>Send this node's own description.</summary>
    void SendInfo(long link);

    /// <summary>Send addresses of nodes known here.</summary>
    void SendPeers(long link, IReadOnlyList<KnownPeer> known);

    /// <summary>Send a ping; its pong comes back under the same number.</summary>
    void SendPing(long link, uint number);

    /// <summary>
    /// Tell the peer that this link is not needed any more and go on receiving: the peer closes it behind what it had sent before.
    /// </summary>
    void SendGoodbye(long link, string code, string text);

    /// <summary>Close a link, once what is queued has gone out.</summary>
    void Close(long link, string code, string reason);

    /// <summary>The members changed.</summary>
    void Publish(PeerSnapshot snapshot);
}
