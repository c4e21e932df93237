using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Security.Cryptography;
using Tore.Mesh.Identity;
using Tore.Mesh.Primitives;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Transport;

/// <content>How a link comes to stand.</content>
internal sealed partial class Link
{
    /// <summary>
    /// Connects and proves both ends. Throws <c>peer_unreachable</c>, or what the handshake failed for: <c>handshake_timeout</c>,
    /// <c>handshake_failed</c>, <c>peer_certificate</c>, <c>tls_refused</c>, <c>wrong_mesh</c>, <c>wrong_proof</c>, <c>wire_version</c>,
    /// <c>wire_malformed</c>, <c>peer_is_self</c>, <c>wrong_peer</c>, <c>banned</c>, <c>not_allowed</c>.
    /// </summary>
    /// <param name="transport">How to connect.</param>
    /// <param name="endpoint">Where to.</param>
    /// <param name="kind">What the link is for.</param>
    /// <param name="options">Who this node is.</param>
    /// <param name="expected">Who must answer there; null takes any member.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async ValueTask<Link> DialAsync(
        ITransport transport, EndPoint endpoint, LinkKind kind, LinkOptions options, NodeId? expected,
        CancellationToken cancellationToken)
    {
        ITransportConnection connection = await transport.DialAsync(endpoint, cancellationToken);
        return await EstablishAsync(connection, LinkRole.Dialler, kind, options, expected, cancellationToken);
    }

    /// <summary>
    /// Proves both ends of a connection that was accepted, and owns it from now on; throws as <see cref="DialAsync"/> does.
    /// </summary>
    public static ValueTask<Link> AcceptAsync(ITransportConnection connection, LinkOptions options, CancellationToken cancellationToken) =>
        EstablishAsync(connection, LinkRole.Acceptor, LinkKind.Control, options, expected: null, cancellationToken);

    private static async ValueTask<Link> EstablishAsync(
        ITransportConnection connection, LinkRole role, LinkKind kind, LinkOptions options, NodeId? expected,
        CancellationToken cancellationToken)
    {
        LinkHandshake? handshake = null;
        using var deadline = new CancellationTokenSource(options.HandshakeTimeout, options.TimeProvider);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, cancellationToken);
        try
        {
            await connection.OpenAsync(either.Token);
            LinkIdentity peer = connection.RemoteIdentity ?? options.AssumedPeer ?? throw new ToreException(ErrorCodes.HandshakeFailed,
                "This transport does not authenticate peers; links need one that does.");
            if (expected is { } id && peer.Id != id)
            {
                throw new ToreException(ErrorCodes.WrongPeer,
                    $"{connection.RemoteEndPoint} is node {peer.Id}, not {id}: another node has that address now, or it has a new key.");
            }
            handshake = new LinkHandshake(role, kind, options, peer, RandomNumberGenerator.GetBytes(LinkHello.NonceBytes));
            long written = await ExchangeAsync(connection, handshake, either.Token);
            var link = new Link(connection, options, role, handshake, peer, written);
            await link.ThrowIfRefusedAsync();
            return link;
        }
        catch (Exception failure)
        {
            ToreException reason = ReasonOf(failure, handshake, deadline.IsCancellationRequested, connection.CloseReason, options);
            if (failure is not ToreException || handshake is null)
            {
                connection.Abort(reason);
            }
            // The handshake's own verdict closes in order: a reset could overtake our hello, by which the peer comes to its own.
            await connection.DisposeAsync();
            await connection.Input.CompleteAsync();
            if (failure is OperationCanceledException && cancellationToken.IsCancellationRequested)
            {
                throw;
            }
            throw reason;
        }
    }

    /// <summary>
    /// Turns a peer away that proved itself but is not wanted. It is told so, since only a member gets this far, and no frame of its is
    /// read.
    /// </summary>
    private async ValueTask ThrowIfRefusedAsync()
    {
        if (_options.Refusal(Peer.Id) is not { } code)
        {
            return;
        }
        bool banned = code == ErrorCodes.Banned;
        await CloseAsync(code, banned
            ? $"Node {_options.Identity.Id} has banned node {Peer.Id}. Its operator can lift that with 'tore mesh unban'."
            : $"Node {_options.Identity.Id} takes only the nodes on its allow list; {Peer.Id} is not on it.");
        throw new ToreException(code, banned
            ? $"Node {Peer.Id} at {RemoteEndPoint} is banned here. 'tore mesh unban {Peer.Id}' lifts that."
            : $"Node {Peer.Id} at {RemoteEndPoint} is not on the allow list here. 'tore mesh allow {Peer.Id}' adds it.");
    }

    /// <summary>Carries bytes between the connection and the handshake until it is done; gives the number of bytes sent.</summary>
    private static async ValueTask<long> ExchangeAsync(
        ITransportConnection connection, LinkHandshake handshake, CancellationToken cancellationToken)
    {
        var output = new ArrayBufferWriter<byte>();
        output.Write(handshake.Hello.Span);
        long written = 0;
        while (true)
        {
            if (output.WrittenCount > 0)
            {
                await connection.Output.WriteAsync(output.WrittenMemory, cancellationToken);
                written += output.WrittenCount;
                output.ResetWrittenCount();
            }
            if (handshake.IsDone)
            {
                return written;
            }
            ReadResult result = await connection.Input.ReadAsync(cancellationToken);
            ReadOnlySequence<byte> input = result.Buffer;
            handshake.Advance(ref input, output);
            connection.Input.AdvanceTo(input.Start, handshake.IsDone ? input.Start : input.End);
            if (result.IsCompleted && !handshake.IsDone)
            {
                throw new ToreException(ErrorCodes.HandshakeFailed,
                    $"The peer closed the connection before {handshake.Waiting}. It may refuse this node: another mesh, version or key.");
            }
        }
    }

    private static ToreException ReasonOf(
        Exception failure, LinkHandshake? handshake, bool timedOut, ToreException? connectionReason, LinkOptions options) =>
        failure switch
        {
            OperationCanceledException when timedOut => new ToreException(ErrorCodes.HandshakeTimeout,
                $"The peer did not send {handshake?.Waiting ?? "its part of TLS"} within {options.HandshakeTimeout.TotalSeconds:0.#} s.",
                failure),
            OperationCanceledException => new ToreException(ErrorCodes.Cancelled, "The link was given up before it stood.", failure),
            ToreException { Code: ErrorCodes.LinkClosed } broken => new ToreException(ErrorCodes.HandshakeFailed,
                $"The peer broke the connection before {handshake?.Waiting ?? "TLS was done"}: {broken.Message}", broken),
            ToreException known => known,
            _ => connectionReason
                ?? new ToreException(ErrorCodes.HandshakeFailed, $"The link could not be set up: {failure.Message}", failure),
        };
}
