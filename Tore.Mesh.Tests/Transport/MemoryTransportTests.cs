using System.Net;
using Tore.Mesh.Transport;

namespace Tore.Mesh.Tests.Transport;

public sealed class MemoryTransportTests : TransportContract
{
    private readonly MemoryNetwork _network = new();

    private protected override EndPoint AnyAddress => new MemoryEndPoint("");

    private protected override EndPoint DeadAddress => new MemoryEndPoint("nowhere");

    internal override ITransport Dialler(TransportOptions options) => new MemoryTransport(_network, TestNodes.Ann.Identity, options);

    internal override ITransport Acceptor(TransportOptions options) => new MemoryTransport(_network, TestNodes.Bob.Identity, options);

    [Fact(Timeout = 20_000)]
    public async Task RemoteIdentity_BothEnds_AreTheTransports()
    {
        await using Pair pair = await ConnectAsync();

        Assert.Equal(TestNodes.Bob.Id, pair.Dialled.RemoteIdentity!.Id);
        Assert.Equal(TestNodes.Ann.Id, pair.Accepted.RemoteIdentity!.Id);
    }
}
