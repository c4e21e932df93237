using System.IO.Pipelines;
using System.Net;
using Tore.Mesh.Identity;
using Tore.Mesh.Primitives;
using Tore.Mesh.Transport;

namespace Tore.Mesh.Benchmarks.Fuzz;

/// <summary>A connection that the fuzzer itself writes and reads, all on one thread, so that what a link allocates is counted.</summary>
internal sealed class ScriptedConnection : ITransportConnection
{
    private static readonly PipeOptions Inline = new(
        readerScheduler: PipeScheduler.Inline, writerScheduler: PipeScheduler.Inline, pauseWriterThreshold: 0,
        useSynchronizationContext: false);

    private readonly Pipe _toLink = new(Inline);
    private readonly Pipe _fromLink = new(Inline);

    public ScriptedConnection(LinkIdentity peer) => RemoteIdentity = peer;

    /// <summary>Where the fuzzer writes.</summary>
    public PipeWriter Feed => _toLink.Writer;

    /// <summary>What the link said.</summary>
    public PipeReader Said => _fromLink.Reader;

    /// <inheritdoc/>
    public PipeReader Input => _toLink.Reader;

    /// <inheritdoc/>
    public PipeWriter Output => _fromLink.Writer;

    /// <inheritdoc/>
    public EndPoint LocalEndPoint { get; } = new IPEndPoint(IPAddress.Loopback, 7600);

    /// <inheritdoc/>
    public EndPoint RemoteEndPoint { get; } = new IPEndPoint(IPAddress.Loopback, 7601);

    /// <inheritdoc/>
    public LinkIdentity? RemoteIdentity { get; }

    /// <inheritdoc/>
    public string Security => "memory";

    /// <inheritdoc/>
    public long BytesSent => long.MaxValue;

    /// <inheritdoc/>
    public long BytesReceived => 0;

    /// <inheritdoc/>
    public ToreException? CloseReason { get; private set; }

    /// <inheritdoc/>
    public Task Closed => Task.CompletedTask;

    /// <inheritdoc/>
    public ValueTask OpenAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public ValueTask WaitSentAsync(long position, CancellationToken cancellationToken) => ValueTask.CompletedTask;

    /// <inheritdoc/>
    public void Abort(ToreException reason) => CloseReason ??= reason;

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
