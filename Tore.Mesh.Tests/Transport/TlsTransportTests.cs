using System.Net;
using System.Security.Authentication;
using Tore.Mesh.Transport;

namespace Tore.Mesh.Tests.Transport;

public sealed class TlsTransportTests : TransportContract
{
    private protected override EndPoint AnyAddress => new IPEndPoint(IPAddress.Loopback, 0);

    private protected override EndPoint DeadAddress { get; } = FreePort.Take();

    internal override ITransport Dialler(TransportOptions options) =>
        new TlsTransport(TestNodes.AnnCertificate, SslProtocols.Tls12, options);

    internal override ITransport Acceptor(TransportOptions options) =>
        new TlsTransport(TestNodes.BobCertificate, SslProtocols.Tls12, options);

    [Fact(Timeout = 20_000)]
    public async Task Open_BothEnds_KnowThePeersKeyAndUseTls13()
    {
        await using Pair pair = await ConnectAsync();

        Assert.Equal(TestNodes.Bob.Id, pair.Dialled.RemoteIdentity!.Id);
        Assert.Equal(TestNodes.Ann.Id, pair.Accepted.RemoteIdentity!.Id);
        Assert.StartsWith(OperatingSystem.IsMacOS() ? "TLS 1." : "TLS 1.3 TLS_", pair.Dialled.Security, StringComparison.Ordinal);
        Assert.Equal(pair.Dialled.Security, pair.Accepted.Security);
    }
}
