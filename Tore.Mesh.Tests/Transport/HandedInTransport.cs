using System.Net;
using System.Threading.Channels;
using Tore.Mesh.Transport;

namespace Tore.Mesh.Tests.Transport;

/// <summary>A listening transport whose connections the test hands in, from whatever address it likes.</summary>
internal sealed class HandedInTransport : ITransport, ITransportListener
{
    private readonly Channel<ITransportConnection?> _incoming = Channel.CreateUnbounded<ITransportConnection?>();

    public EndPoint EndPoint { get; } = new IPEndPoint(IPAddress.Loopback, 7601);

    public ITransportListener Listen(EndPoint endpoint) => this;

    public ValueTask<ITransportConnection> DialAsync(EndPoint endpoint, CancellationToken cancellationToken) =>
        throw new NotSupportedException();

    public ValueTask<ITransportConnection?> AcceptAsync(CancellationToken cancellationToken) =>
        _incoming.Reader.ReadAsync(cancellationToken);

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>Connects Ann to the listener, Bob, from an address; gives both ends.</summary>
    public (ITransportConnection Dialled, ITransportConnection Accepted) Connect(IPAddress from)
    {
        (MemoryDuplex dialled, MemoryDuplex accepted) = MemoryDuplex.CreatePair(TestNodes.Ann.Identity, TestNodes.Bob.Identity);
        var remote = new IPEndPoint(from, 40_000);
        var options = new TransportOptions();
        var here = new DuplexConnection(dialled, remote, EndPoint, options);
        var there = new DuplexConnection(accepted, EndPoint, remote, options);
        _incoming.Writer.TryWrite(there);
        return (here, there);
    }
}
