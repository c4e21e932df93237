namespace Tore.Mesh.Transport;

/// <summary>What became of a message that a link was given.</summary>
internal enum SendResult
{
    /// <summary>Queued; it will be sent in order.</summary>
    Sent,

    /// <summary>The send queue is full: the peer or the network is too slow. Nothing was queued; the link counts it as dropped.</summary>
    QueueFull,

    /// <summary>The link is closed. Nothing was queued.</summary>
    Closed,
}
