using System.Buffers;
using System.IO.Pipelines;
using Tore.Mesh.Identity;

namespace Tore.Mesh.Transport;

/// <summary>One end of a connection in memory: two bounded pipes, crossed.</summary>
internal sealed class MemoryDuplex : IByteDuplex
{
    /// <summary>Bytes under way in one direction, as in a socket's buffers.</summary>
    private const int WindowBytes = 64 * 1024;

    private readonly Wire _incoming;
    private readonly Wire _outgoing;

    private MemoryDuplex(Wire incoming, Wire outgoing, LinkIdentity remote)
    {
        _incoming = incoming;
        _outgoing = outgoing;
        RemoteIdentity = remote;
    }

    public LinkIdentity? RemoteIdentity { get; }

    public string Security => "memory";

    /// <summary>Makes both ends.</summary>
    public static (MemoryDuplex Dialled, MemoryDuplex Accepted) CreatePair(LinkIdentity dialler, LinkIdentity acceptor)
    {
        Wire there = new();
        Wire back = new();
        return (new MemoryDuplex(back, there, acceptor), new MemoryDuplex(there, back, dialler));
    }

    public ValueTask OpenAsync(CancellationToken cancellationToken) => ValueTask.CompletedTask;

    public async ValueTask<int> ReadAsync(Memory<byte> destination)
    {
        ReadResult result = await _incoming.Pipe.Reader.ReadAsync();
        _incoming.ThrowIfBroken();
        int count = (int)Math.Min(result.Buffer.Length, destination.Length);
        ReadOnlySequence<byte> taken = result.Buffer.Slice(0, count);
        taken.CopyTo(destination.Span);
        _incoming.Pipe.Reader.AdvanceTo(taken.End);
        return count;
    }

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> source)
    {
        _outgoing.ThrowIfBroken();
        await _outgoing.Pipe.Writer.WriteAsync(source);
        _outgoing.ThrowIfBroken();
    }

    public ValueTask ShutdownSendAsync() => _outgoing.Pipe.Writer.CompleteAsync();

    public void Abort()
    {
        _incoming.Break();
        _outgoing.Break();
    }

    public void Dispose()
    {
        // The pipes hold pooled memory only while bytes are under way; the collector takes the rest.
    }

    private sealed class Wire
    {
        private volatile bool _broken;

        public Pipe Pipe { get; } = new(new PipeOptions(
            pauseWriterThreshold: WindowBytes, resumeWriterThreshold: WindowBytes / 2, useSynchronizationContext: false));

        /// <summary>Wakes whoever waits at either end; the flag, set first, tells them why.</summary>
        public void Break()
        {
            _broken = true;
            Pipe.Reader.CancelPendingRead();
            Pipe.Writer.CancelPendingFlush();
        }

        public void ThrowIfBroken()
        {
            if (_broken)
            {
                throw new IOException("the connection was reset.");
            }
        }
    }
}
