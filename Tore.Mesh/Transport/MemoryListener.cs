using System.Net;
using System.Threading.Channels;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Transport;

/// <summary>Takes connections of a <see cref="MemoryNetwork"/>.</summary>
internal sealed class MemoryListener : ITransportListener
{
    /// <summary>Connections not yet accepted, as a socket's backlog; a full one refuses.</summary>
    private const int Backlog = 128;

    private readonly MemoryNetwork _network;
    private readonly Channel<ITransportConnection> _incoming = Channel.CreateBounded<ITransportConnection>(
        new BoundedChannelOptions(Backlog) { FullMode = BoundedChannelFullMode.Wait });

    public MemoryListener(MemoryNetwork network, MemoryEndPoint endpoint, Identity.LinkIdentity identity, TransportOptions options)
    {
        _network = network;
        EndPoint = endpoint;
        Identity = identity;
        Options = options;
    }

    public EndPoint EndPoint { get; }

    /// <summary>Who listens.</summary>
    public Identity.LinkIdentity Identity { get; }

    /// <summary>The listener's bounds.</summary>
    public TransportOptions Options { get; }

    /// <summary>Hands in a dialled connection; false when the backlog is full or the listener gone.</summary>
    public bool TryAdd(ITransportConnection connection) => _incoming.Writer.TryWrite(connection);

    public async ValueTask<ITransportConnection?> AcceptAsync(CancellationToken cancellationToken)
    {
        while (await _incoming.Reader.WaitToReadAsync(cancellationToken))
        {
            if (_incoming.Reader.TryRead(out ITransportConnection? connection))
            {
                return connection;
            }
        }
        return null;
    }

    public ValueTask DisposeAsync()
    {
        _network.Remove(this);
        _incoming.Writer.TryComplete();
        while (_incoming.Reader.TryRead(out ITransportConnection? connection))
        {
            connection.Abort(new ToreException(ErrorCodes.PeerUnreachable, $"{EndPoint} stopped listening."));
        }
        return ValueTask.CompletedTask;
    }
}
