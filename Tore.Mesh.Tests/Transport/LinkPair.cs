using System.Net;
using System.Security.Authentication;
using Tore.Mesh.Identity;
using Tore.Mesh.Transport;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Tests.Transport;

/// <summary>A link between Ann, who dialled, and Bob, over TLS on loopback or in memory.</summary>
internal sealed record LinkPair(Link Ann, Link Bob, ITransportListener Listener) : IAsyncDisposable
{
    public static LinkOptions AnnOptions { get; } = new() { Identity = TestNodes.Ann.Identity, Mesh = MeshSecret.Local };

    public static LinkOptions BobOptions { get; } = new() { Identity = TestNodes.Bob.Identity, Mesh = MeshSecret.Local };

    public static ITransport TlsOf(NodeCertificate certificate, SslProtocols oldest = SslProtocols.Tls12) =>
        new TlsTransport(certificate, oldest, new TransportOptions());

    public static async Task<LinkPair> ConnectAsync(LinkKind kind, bool overTls, LinkOptions? ann = null, LinkOptions? bob = null)
    {
        CancellationToken token = TestContext.Current.CancellationToken;
        var network = new MemoryNetwork();
        ITransport annTransport = overTls
            ? TlsOf(TestNodes.AnnCertificate)
            : new MemoryTransport(network, TestNodes.Ann.Identity, new TransportOptions());
        ITransport bobTransport = overTls
            ? TlsOf(TestNodes.BobCertificate)
            : new MemoryTransport(network, TestNodes.Bob.Identity, new TransportOptions());
        ITransportListener listener = bobTransport.Listen(overTls ? new IPEndPoint(IPAddress.Loopback, 0) : new MemoryEndPoint(""));
        Task<Link> dialling = Link.DialAsync(annTransport, listener.EndPoint, kind, ann ?? AnnOptions, expected: null, token).AsTask();
        ITransportConnection accepted = (await listener.AcceptAsync(token))!;
        Task<Link> accepting = Link.AcceptAsync(accepted, bob ?? BobOptions, token).AsTask();
        await Task.WhenAll(dialling, accepting);
        return new LinkPair(await dialling, await accepting, listener);
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(Ann.DisposeAsync().AsTask(), Bob.DisposeAsync().AsTask());
        await Listener.DisposeAsync();
    }
}
