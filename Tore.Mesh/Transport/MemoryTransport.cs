using System.Net;
using Tore.Mesh.Identity;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Transport;

/// <summary>One node's access to a <see cref="MemoryNetwork"/>. It tells both ends whom they talk to, as TLS would.</summary>
internal sealed class MemoryTransport(MemoryNetwork network, LinkIdentity identity, TransportOptions options) : ITransport
{
    public ITransportListener Listen(EndPoint endpoint)
    {
        MemoryEndPoint address = endpoint is MemoryEndPoint { Name.Length: > 0 } named ? named : network.NextEndPoint();
        var listener = new MemoryListener(network, address, identity, options);
        network.Add(listener);
        return listener;
    }

    public ValueTask<ITransportConnection> DialAsync(EndPoint endpoint, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        MemoryListener? listener = endpoint is MemoryEndPoint address ? network.Find(address) : null;
        if (listener is null)
        {
            throw new ToreException(ErrorCodes.PeerUnreachable, $"No connection to {endpoint}: nothing listens there.");
        }
        MemoryEndPoint here = network.NextEndPoint();
        (MemoryDuplex dialled, MemoryDuplex accepted) = MemoryDuplex.CreatePair(identity, listener.Identity);
        var connection = new DuplexConnection(dialled, here, endpoint, options);
        if (!listener.TryAdd(new DuplexConnection(accepted, endpoint, here, listener.Options)))
        {
            throw new ToreException(ErrorCodes.PeerUnreachable, $"No connection to {endpoint}: it takes no more.");
        }
        return ValueTask.FromResult<ITransportConnection>(connection);
    }
}
