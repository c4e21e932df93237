using Tore.Mesh.Primitives;

namespace Tore.Mesh.Transport;

/// <summary>Bounds of a transport.</summary>
internal sealed record TransportOptions
{
    /// <summary>
    /// Unsent bytes beyond which a flush waits. It must hold what a link may queue and one frame more, so that a link, which counts
    /// for itself, never waits here.
    /// </summary>
    public long SendBufferBytes { get; init; } = (long)Limits.ActivationQueueBytes + Limits.ActivationFrameBytes;

    /// <summary>Received bytes, not yet looked at, beyond which the peer is made to wait.</summary>
    public long ReceiveBufferBytes { get; init; } = Limits.ReceiveBufferBytes;

    /// <summary>Time for a connection to come up, name look-up included.</summary>
    public TimeSpan DialTimeout { get; init; } = Limits.Dial;

    /// <summary>How long disposing waits for unsent bytes and for the peer to close.</summary>
    public TimeSpan Linger { get; init; } = Limits.Linger;

    /// <summary>The clock of the two times above.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;
}
