using System.Buffers;
using System.Buffers.Binary;
using System.IO.Pipelines;
using System.Net;
using System.Runtime.InteropServices;
using Tore.Mesh.Identity;
using Tore.Mesh.Primitives;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Transport;

/// <summary>
/// A connection whose two ends proved their keys and their mesh, for one kind of frames. Sending is from any thread and never blocks;
/// a frame is copied once, into the connection's pipe. Receiving is one loop, <see cref="RunAsync"/>.
/// </summary>
internal sealed partial class Link : IAsyncDisposable
{
    private readonly ITransportConnection _connection;
    private readonly LinkOptions _options;
    private readonly Lock _sending = new();
    private readonly ArrayBufferWriter<byte> _body = new();
    private readonly long _queueBytesMax;
    private long _written;
    private long _dropped;
    private long _unknown;
    private bool _closing;
    private int _running;

    private Link(
        ITransportConnection connection, LinkOptions options, LinkRole role, LinkHandshake handshake, LinkIdentity peer, long written)
    {
        _connection = connection;
        _options = options;
        _written = written;
        Role = role;
        Peer = peer;
        Kind = handshake.Kind;
        WireVersion = handshake.WireVersion;
        _queueBytesMax = Kind == LinkKind.Control ? Limits.ControlQueueBytes : Limits.ActivationQueueBytes;
    }

    /// <summary>The peer, as its key says.</summary>
    public LinkIdentity Peer { get; }

    /// <summary>What the link is for.</summary>
    public LinkKind Kind { get; }

    /// <summary>Which end this is. Both ends may do the same things.</summary>
    public LinkRole Role { get; }

    /// <summary>The wire version that both speak.</summary>
    public ushort WireVersion { get; }

    /// <summary>This end's address.</summary>
    public EndPoint LocalEndPoint => _connection.LocalEndPoint;

    /// <summary>The peer's address; the port of a peer that dialled is not the one it listens on.</summary>
    public EndPoint RemoteEndPoint => _connection.RemoteEndPoint;

    /// <summary>TLS version and cipher suite, such as <c>TLS 1.3 TLS_AES_256_GCM_SHA384</c>; <c>memory</c> or <c>none</c>.</summary>
    public string Security => _connection.Security;

    /// <summary>Messages that the full send queue refused.</summary>
    public long DroppedMessages => Interlocked.Read(ref _dropped);

    /// <summary>Frames skipped because this version does not know their number.</summary>
    public long UnknownMessages => Interlocked.Read(ref _unknown);

    /// <summary>Bytes sent, the handshake's included, TLS's own not.</summary>
    public long BytesSent => _connection.BytesSent;

    /// <summary>Bytes received, counted in the same way.</summary>
    public long BytesReceived => _connection.BytesReceived;

    /// <summary>Why the link broke; null while it lives and after an orderly end.</summary>
    public ToreException? CloseReason => _connection.CloseReason;

    /// <summary>Ends, never faulted, when the link is closed.</summary>
    public Task Closed => _connection.Closed;

    /// <summary>
    /// Queues a message. Never waits: a full queue (2 MiB on control links, four frames on activation links) refuses it, which
    /// is what gossip wants. Throws <c>wire_limit</c> for a message above the frame limit, which is the caller's mistake.
    /// </summary>
    public SendResult TrySend<T>(in T message)
        where T : struct, IMessage<T> => TrySend(message, default);

    /// <summary>Queues a message and the tensor behind it (row by row, f32), copied before this returns.</summary>
    public SendResult TrySend<T>(in T message, ReadOnlySpan<float> tensor)
        where T : struct, IMessage<T>
    {
        SendResult result = TryQueue(message, tensor, out _);
        if (result == SendResult.QueueFull)
        {
            Interlocked.Increment(ref _dropped);
        }
        return result;
    }

    /// <summary>Queues a message, waiting while the queue is full; throws the link's reason when it is closed.</summary>
    public ValueTask SendAsync<T>(T message, CancellationToken cancellationToken)
        where T : struct, IMessage<T> => SendAsync(message, default, cancellationToken);

    /// <summary>The same with the tensor behind the message, which must stay as it is until this ends.</summary>
    public async ValueTask SendAsync<T>(T message, ReadOnlyMemory<float> tensor, CancellationToken cancellationToken)
        where T : struct, IMessage<T>
    {
        while (true)
        {
            SendResult result = TryQueue(message, tensor.Span, out long waitFor);
            if (result == SendResult.Sent)
            {
                return;
            }
            if (result == SendResult.Closed)
            {
                throw CloseReason ?? new ToreException(ErrorCodes.LinkClosed, $"The link to {Peer.Id.Short} is closed.");
            }
            await _connection.WaitSentAsync(waitFor, cancellationToken);
        }
    }

    /// <summary>Breaks the link at once; queued messages are lost.</summary>
    public void Abort(ToreException reason) => _connection.Abort(reason);

    /// <summary>Says goodbye, sends what is queued and closes; the peer's reason is then this one.</summary>
    public async ValueTask CloseAsync(string code, string text)
    {
        TrySend(new Goodbye(code, text));
        await DisposeAsync();
    }

    /// <summary>
    /// Sends what is queued and closes, within the transport's linger time. <see cref="RunAsync"/> ends; its handler gets no
    /// further frame.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        lock (_sending)
        {
            Volatile.Write(ref _closing, true);
        }
        if (Interlocked.Exchange(ref _running, 1) == 0)
        {
            await _connection.Input.CompleteAsync();
        }
        await _connection.DisposeAsync();
    }

    /// <inheritdoc/>
    public override string ToString() => $"{Kind} link to {Peer.Id.Short} at {RemoteEndPoint}";

    private SendResult TryQueue<T>(in T message, ReadOnlySpan<float> tensor, out long waitFor)
        where T : struct, IMessage<T>
    {
        lock (_sending)
        {
            _body.ResetWrittenCount();
            WireMessage.Write(message, _body);
            long tensorBytes = 4L * tensor.Length;
            long frameBytes = Frame.HeaderBytes + _body.WrittenCount + tensorBytes;
            ThrowIfOutOfPlace(T.Type, frameBytes, tensorBytes);
            // Room is when this frame still fits; what waits for it, waits until so much of the queue is gone.
            waitFor = _written + frameBytes - _queueBytesMax;
            if (_closing || CloseReason is not null)
            {
                return SendResult.Closed;
            }
            if (_connection.BytesSent < waitFor)
            {
                return SendResult.QueueFull;
            }
            PipeWriter output = _connection.Output;
            Frame.WriteHeader(output.GetSpan(Frame.HeaderBytes), T.Type, _body.WrittenCount + (int)tensorBytes);
            output.Advance(Frame.HeaderBytes);
            output.Write(_body.WrittenSpan);
            WriteTensor(output, tensor);
            _written += frameBytes;
            return Flush(output);
        }
    }

    private void ThrowIfOutOfPlace(MessageType type, long frameBytes, long tensorBytes)
    {
        if ((MessageTypes.LinksOf(type) & Kind) == 0 || (tensorBytes > 0 && Kind != LinkKind.Activation))
        {
            throw new InvalidOperationException($"{type} does not belong on a {Kind} link.");
        }
        if (frameBytes > Frame.BytesMax(Kind) || tensorBytes > Limits.ActivationBytes
            || (Kind == LinkKind.Activation && frameBytes - tensorBytes > Limits.ActivationHeaderBytes))
        {
            throw new ToreException(ErrorCodes.WireLimit,
                $"A {type} message of {frameBytes} bytes does not fit a frame of {Frame.BytesMax(Kind)} bytes on a {Kind} link.");
        }
    }

    private static SendResult Flush(PipeWriter output)
    {
        try
        {
            // The pipe has room for the whole queue and one frame more, so this ends at once; it only wakes the send loop.
            ValueTask<FlushResult> flush = output.FlushAsync();
            return flush.IsCompleted && flush.Result.IsCompleted ? SendResult.Closed : SendResult.Sent;
        }
        catch (ToreException)
        {
            return SendResult.Closed;
        }
    }

    private static void WriteTensor(PipeWriter output, ReadOnlySpan<float> tensor)
    {
        if (BitConverter.IsLittleEndian)
        {
            output.Write(MemoryMarshal.AsBytes(tensor));
            return;
        }
        foreach (float value in tensor)
        {
            BinaryPrimitives.WriteSingleLittleEndian(output.GetSpan(sizeof(float)), value);
            output.Advance(sizeof(float));
        }
    }
}
