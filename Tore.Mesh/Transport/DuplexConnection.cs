using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using Tore.Mesh.Identity;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Transport;

/// <summary>
/// A connection over any <see cref="IByteDuplex"/>: a receive loop into one bounded pipe, a send loop out of another.
/// The loops own their ends of the pipes and complete them with the reason, so that nobody touches the user's ends.
/// </summary>
internal sealed class DuplexConnection : ITransportConnection
{
    /// <summary>Bytes of a pooled segment: four TLS records.</summary>
    private const int SegmentBytes = 64 * 1024;

    /// <summary>Most that one turn of the send loop takes, so that a long backlog frees its memory as it goes.</summary>
    private const int SendTurnBytes = 4 * SegmentBytes;

    private readonly IByteDuplex _duplex;
    private readonly TransportOptions _options;
    private readonly Pipe _receive;
    private readonly Pipe _send;
    private readonly TaskCompletionSource _closed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Lock _waiting = new();
    private TaskCompletionSource? _sent;
    private ToreException? _reason;
    private long _bytesSent;
    private long _bytesReceived;
    private int _started;
    private bool _sendEnded;
    private volatile bool _discards;

    public DuplexConnection(IByteDuplex duplex, EndPoint local, EndPoint remote, TransportOptions options)
    {
        _duplex = duplex;
        _options = options;
        LocalEndPoint = local;
        RemoteEndPoint = remote;
        // The reader runs on the receive loop's thread: one hop less for every frame, and no frame handler blocks.
        _receive = new Pipe(new PipeOptions(
            readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.ThreadPool,
            pauseWriterThreshold: options.ReceiveBufferBytes, resumeWriterThreshold: options.ReceiveBufferBytes / 2,
            minimumSegmentSize: SegmentBytes, useSynchronizationContext: false));
        // The send loop runs on the pool: whoever writes (a stage's worker) is never held up by encryption or the socket.
        _send = new Pipe(new PipeOptions(
            readerScheduler: PipeScheduler.ThreadPool, writerScheduler: PipeScheduler.ThreadPool,
            pauseWriterThreshold: options.SendBufferBytes, resumeWriterThreshold: options.SendBufferBytes / 2,
            minimumSegmentSize: SegmentBytes, useSynchronizationContext: false));
    }

    public PipeReader Input => _receive.Reader;

    public PipeWriter Output => _send.Writer;

    public EndPoint LocalEndPoint { get; }

    public EndPoint RemoteEndPoint { get; }

    public LinkIdentity? RemoteIdentity => _duplex.RemoteIdentity;

    public string Security => _duplex.Security;

    public long BytesSent => Volatile.Read(ref _bytesSent);

    public long BytesReceived => Volatile.Read(ref _bytesReceived);

    public ToreException? CloseReason => Volatile.Read(ref _reason);

    public Task Closed => _closed.Task;

    public async ValueTask OpenAsync(CancellationToken cancellationToken)
    {
        try
        {
            await _duplex.OpenAsync(cancellationToken);
        }
        catch (Exception failure) when (failure is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            Abort(ReasonOf(failure, ErrorCodes.HandshakeFailed));
            throw CloseReason!;
        }
        if (Interlocked.Exchange(ref _started, 1) == 0)
        {
            _ = RunAsync();
        }
        if (CloseReason is { } reason)
        {
            throw reason;
        }
    }

    public async ValueTask WaitSentAsync(long position, CancellationToken cancellationToken)
    {
        while (true)
        {
            Task sent;
            lock (_waiting)
            {
                if (BytesSent >= position || _sendEnded)
                {
                    return;
                }
                sent = (_sent ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
            }
            await sent.WaitAsync(cancellationToken);
        }
    }

    public void Abort(ToreException reason)
    {
        if (Interlocked.CompareExchange(ref _reason, reason, null) is not null)
        {
            return;
        }
        _duplex.Abort();
        if (Interlocked.Exchange(ref _started, 1) == 0)
        {
            // Never opened: there are no loops to end.
            _receive.Writer.Complete(reason);
            _send.Reader.Complete(reason);
            SignalSent(ended: true);
            _duplex.Dispose();
            _closed.TrySetResult();
            return;
        }
        _receive.Writer.CancelPendingFlush();
        _send.Reader.CancelPendingRead();
    }

    /// <summary>
    /// Sends what is left, half-closes, waits for the peer to do the same, both within the linger time; then breaks. The caller no
    /// longer writes; its pending read ends, and completing <see cref="Input"/> stays the reader's part.
    /// </summary>
    public async ValueTask DisposeAsync()
    {
        await _send.Writer.CompleteAsync();
        _discards = true;
        _receive.Writer.CancelPendingFlush();
        if (Volatile.Read(ref _started) != 0)
        {
            try
            {
                await Closed.WaitAsync(_options.Linger, _options.TimeProvider);
                return;
            }
            catch (TimeoutException)
            {
                // A peer that neither reads nor closes: what follows breaks it off.
            }
        }
        Abort(new ToreException(ErrorCodes.LinkClosed, "This end closed the connection."));
        await Closed;
    }

    private async Task RunAsync()
    {
        Task receive = ReceiveAsync();
        await SendAsync();
        await receive;
        _duplex.Dispose();
        _closed.TrySetResult();
    }

    private async Task ReceiveAsync()
    {
        PipeWriter writer = _receive.Writer;
        try
        {
            while (CloseReason is null)
            {
                int read = await _duplex.ReadAsync(writer.GetMemory(SegmentBytes / 4));
                if (read == 0)
                {
                    break;
                }
                Volatile.Write(ref _bytesReceived, _bytesReceived + read);
                if (_discards)
                {
                    // Nobody reads any more; what still comes is taken, so that the peer's close can be seen behind it.
                    continue;
                }
                writer.Advance(read);
                if ((await writer.FlushAsync()).IsCompleted)
                {
                    _discards = true;
                }
            }
        }
        catch (Exception failure)
        {
            Abort(ReasonOf(failure, ErrorCodes.LinkClosed));
        }
        await writer.CompleteAsync(CloseReason);
    }

    private async Task SendAsync()
    {
        PipeReader reader = _send.Reader;
        try
        {
            while (CloseReason is null)
            {
                ReadResult result = await reader.ReadAsync();
                ReadOnlySequence<byte> turn = result.Buffer.Slice(0, Math.Min(result.Buffer.Length, SendTurnBytes));
                foreach (ReadOnlyMemory<byte> segment in turn)
                {
                    await _duplex.WriteAsync(segment);
                    Volatile.Write(ref _bytesSent, _bytesSent + segment.Length);
                    SignalSent(ended: false);
                }
                bool done = result.IsCompleted && turn.Length == result.Buffer.Length;
                reader.AdvanceTo(turn.End);
                if (done)
                {
                    await _duplex.ShutdownSendAsync();
                    break;
                }
            }
        }
        catch (Exception failure)
        {
            Abort(ReasonOf(failure, ErrorCodes.LinkClosed));
        }
        await reader.CompleteAsync(CloseReason);
        SignalSent(ended: true);
    }

    private void SignalSent(bool ended)
    {
        TaskCompletionSource? sent;
        lock (_waiting)
        {
            _sendEnded |= ended;
            sent = _sent;
            _sent = null;
        }
        sent?.TrySetResult();
    }

    private static ToreException ReasonOf(Exception failure, string code) => failure switch
    {
        ToreException known => known,
        { InnerException: ToreException known } => known,
        IOException or SocketException or ObjectDisposedException or System.Security.Authentication.AuthenticationException
            or InvalidOperationException or OperationCanceledException =>
            new ToreException(code, $"The connection broke: {failure.Message}", failure),
        _ => new ToreException(ErrorCodes.Internal, $"The connection failed unexpectedly: {failure.Message}", failure),
    };
}
