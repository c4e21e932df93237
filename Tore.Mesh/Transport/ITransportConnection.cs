using System.IO.Pipelines;
using System.Net;
using Tore.Mesh.Identity;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Transport;

/// <summary>
/// A two-way byte stream. Two loops carry it, and it has one shutdown reason: the first cause wins, and both pipes then throw it.
/// Completing <see cref="Output"/> half-closes: the peer reads to the end and may still write.
/// </summary>
internal interface ITransportConnection : IAsyncDisposable
{
    /// <summary>Bytes from the peer. Ends when the peer half-closed; throws the reason when the connection broke.</summary>
    PipeReader Input { get; }

    /// <summary>Bytes to the peer. A flush waits while more than <see cref="TransportOptions.SendBufferBytes"/> are unsent.</summary>
    PipeWriter Output { get; }

    /// <summary>This end.</summary>
    EndPoint LocalEndPoint { get; }

    /// <summary>The other end.</summary>
    EndPoint RemoteEndPoint { get; }

    /// <summary>Whose key the peer proved to hold, once opened; null on a transport that authenticates nobody.</summary>
    LinkIdentity? RemoteIdentity { get; }

    /// <summary>What protects the bytes, once opened: <c>none</c>, <c>memory</c>, or TLS version and cipher suite.</summary>
    string Security { get; }

    /// <summary>Bytes handed to the network so far.</summary>
    long BytesSent { get; }

    /// <summary>Bytes taken from the network so far.</summary>
    long BytesReceived { get; }

    /// <summary>Why the connection broke; null while it lives and after both ends closed in order.</summary>
    ToreException? CloseReason { get; }

    /// <summary>Ends, never faulted, when both directions are closed or the connection broke.</summary>
    Task Closed { get; }

    /// <summary>
    /// Runs the transport's own handshake (TLS) and starts the loops; once, before the pipes are used. Throws its failure, which
    /// is then also the reason.
    /// </summary>
    ValueTask OpenAsync(CancellationToken cancellationToken);

    /// <summary>Ends when at least <paramref name="position"/> bytes were handed to the network, or the connection closed.</summary>
    ValueTask WaitSentAsync(long position, CancellationToken cancellationToken);

    /// <summary>Breaks the connection at once, unsent bytes lost, for <paramref name="reason"/> unless it was broken before.</summary>
    void Abort(ToreException reason);
}
