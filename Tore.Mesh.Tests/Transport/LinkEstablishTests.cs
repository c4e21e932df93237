using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;
using Tore.Mesh.Identity;
using Tore.Mesh.Primitives;
using Tore.Mesh.Transport;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Tests.Transport;

/// <summary>Links that do not come to stand: each for a reason of its own, on either side, with real sockets.</summary>
public sealed class LinkEstablishTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 20_000)]
    public async Task Dial_NobodyListens_IsPeerUnreachable() =>
        Assert.Equal(ErrorCodes.PeerUnreachable, (await Assert.ThrowsAsync<ToreException>(async () => await Link.DialAsync(
            LinkPair.TlsOf(TestNodes.AnnCertificate), FreePort.Take(), LinkKind.Control, LinkPair.AnnOptions, null, Token))).Code);

    [Fact(Timeout = 20_000)]
    public async Task Establish_OtherMesh_IsWrongMeshOnBothSides()
    {
        (string ann, string bob) = await FailAsync(ann: LinkPair.AnnOptions with { Mesh = MeshSecret.Open });

        Assert.Equal((ErrorCodes.WrongMesh, ErrorCodes.WrongMesh), (ann, bob));
    }

    [Fact(Timeout = 20_000)]
    public async Task Establish_NoCommonWireVersion_IsWireVersionOnBothSides()
    {
        (string ann, string bob) = await FailAsync(ann: LinkPair.AnnOptions with { Versions = new WireVersions(2, 9) });

        Assert.Equal((ErrorCodes.WireVersion, ErrorCodes.WireVersion), (ann, bob));
    }

    [Fact(Timeout = 20_000)]
    public async Task Dial_AnotherNodeAnswers_IsWrongPeer()
    {
        (string ann, string bob) = await FailAsync(expected: TestNodes.Ann.Id);

        Assert.Equal(ErrorCodes.WrongPeer, ann);
        Assert.Equal(ErrorCodes.HandshakeFailed, bob);
    }

    [Fact(Timeout = 20_000)]
    public async Task Dial_OneselfByAnotherAddress_IsPeerIsSelf()
    {
        ITransport transport = LinkPair.TlsOf(TestNodes.AnnCertificate);
        await using LinkListener listener = LinkListener.Start(transport, new IPEndPoint(IPAddress.Loopback, 0), LinkPair.AnnOptions);

        ToreException failure = await Assert.ThrowsAsync<ToreException>(async () =>
            await Link.DialAsync(transport, listener.EndPoint, LinkKind.Control, LinkPair.AnnOptions, null, Token));

        Assert.Equal(ErrorCodes.PeerIsSelf, failure.Code);
    }

    [Fact(Timeout = 20_000)]
    public async Task Establish_TransportWithoutAuthentication_IsRefused()
    {
        var transport = new TcpTransport(new TransportOptions());
        await using ITransportListener listener = transport.Listen(new IPEndPoint(IPAddress.Loopback, 0));

        Assert.Equal(ErrorCodes.HandshakeFailed, (await Assert.ThrowsAsync<ToreException>(async () =>
            await Link.DialAsync(transport, listener.EndPoint, LinkKind.Control, LinkPair.AnnOptions, null, Token))).Code);
    }

    [Fact(Timeout = 20_000)]
    public async Task Establish_PlainTcpWithAssumedPeers_Stands()
    {
        var transport = new TcpTransport(new TransportOptions());
        LinkOptions bobOptions = LinkPair.BobOptions with { AssumedPeer = TestNodes.Ann.Identity };
        await using LinkListener listener = LinkListener.Start(transport, new IPEndPoint(IPAddress.Loopback, 0), bobOptions);
        LinkOptions annOptions = LinkPair.AnnOptions with { AssumedPeer = TestNodes.Bob.Identity };

        Link ann = await Link.DialAsync(transport, listener.EndPoint, LinkKind.Control, annOptions, null, Token);
        Link? bob = await listener.AcceptAsync(Token);
        await using LinkEnds ends = new(ann, bob);

        Assert.Equal(TestNodes.Ann.Id, bob!.Peer.Id);
    }

    [Theory(Timeout = 20_000)]
    [InlineData("")] // says nothing at all
    [InlineData("160301")] // the beginning of a TLS record
    public async Task Accept_SlowTls_IsHandshakeTimeout(string hex)
    {
        var time = new FakeTimeProvider();
        await using ITransportListener listener = LinkPair.TlsOf(TestNodes.BobCertificate).Listen(new IPEndPoint(IPAddress.Loopback, 0));
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(listener.EndPoint, Token);
        await socket.SendAsync(Convert.FromHexString(hex), Token);
        ITransportConnection connection = (await listener.AcceptAsync(Token))!;
        Task<Link> accepting = Link.AcceptAsync(connection, LinkPair.BobOptions with { TimeProvider = time }, Token).AsTask();

        time.Advance(Limits.Handshake - TimeSpan.FromMilliseconds(1));
        Assert.False(accepting.IsCompleted);
        time.Advance(TimeSpan.FromMilliseconds(1));

        ToreException failure = await Assert.ThrowsAsync<ToreException>(() => accepting);
        Assert.Equal(ErrorCodes.HandshakeTimeout, failure.Code);
        Assert.Contains("its part of TLS", failure.Message, StringComparison.Ordinal);
        Assert.Equal(ErrorCodes.HandshakeTimeout, connection.CloseReason?.Code);
    }

    [Theory(Timeout = 20_000)]
    [InlineData(0, "its hello")]
    [InlineData(49, "its hello")]
    [InlineData(50, "its proof")]
    [InlineData(81, "its proof")]
    [InlineData(82, "the kind of the link")]
    [InlineData(89, "the kind of the link")]
    public async Task Accept_PeerStopsWithinTheHandshake_TimeoutNamesWhatIsMissing(int bytes, string missing)
    {
        var time = new FakeTimeProvider();
        await using RawPeer peer = await RawPeer.ConnectAsync();
        Task<Link> accepting = Link.AcceptAsync(peer.Accepted, LinkPair.BobOptions with { TimeProvider = time }, Token).AsTask();
        byte[] hello = LinkHello.Create(WireVersions.Supported, MeshSecret.Local.Id, new byte[32]);
        byte[] other = await peer.ReceiveAsync(LinkHello.Size);
        byte[] proof = LinkProof.Create(
            MeshSecret.Local, LinkRole.Dialler, hello, other, TestNodes.Ann.Identity.KeyHash, TestNodes.Bob.Identity.KeyHash);
        byte[] whole = [.. hello, .. proof, 0, 0, 0, 4, 0, 1, 0x91, 1];
        await peer.SendAsync(whole[..bytes]);
        if (bytes >= LinkHello.Size + LinkProof.Size)
        {
            await peer.ReceiveAsync(LinkProof.Size);
        }
        await ReceivedAsync(peer.Accepted, bytes);

        time.Advance(Limits.Handshake);

        ToreException failure = await Assert.ThrowsAsync<ToreException>(() => accepting);
        Assert.Equal(ErrorCodes.HandshakeTimeout, failure.Code);
        Assert.Contains(missing, failure.Message, StringComparison.Ordinal);
    }

    [Fact(Timeout = 20_000)]
    public async Task Accept_PeerClosesWithinTheHandshake_IsHandshakeFailed()
    {
        await using RawPeer peer = await RawPeer.ConnectAsync();
        Task<Link> accepting = Link.AcceptAsync(peer.Accepted, LinkPair.BobOptions, Token).AsTask();
        await peer.SendAsync(new byte[] { (byte)'T', (byte)'O' });
        await peer.CloseAsync();

        Assert.Equal(ErrorCodes.HandshakeFailed, (await Assert.ThrowsAsync<ToreException>(() => accepting)).Code);
    }

    [Fact(Timeout = 20_000)]
    public async Task Dial_GivenUp_Throws()
    {
        await using ITransportListener listener = LinkPair.TlsOf(TestNodes.BobCertificate).Listen(new IPEndPoint(IPAddress.Loopback, 0));
        using var source = new CancellationTokenSource();
        Task<Link> dialling = Link.DialAsync(LinkPair.TlsOf(TestNodes.AnnCertificate), listener.EndPoint, LinkKind.Control,
            LinkPair.AnnOptions, null, source.Token).AsTask();
        ITransportConnection accepted = (await listener.AcceptAsync(Token))!;

        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => dialling);
        await accepted.DisposeAsync();
    }

    /// <summary>Waits until the receive loop has taken so many bytes; the handshake then has them too, for it runs on that loop.</summary>
    private static async Task ReceivedAsync(ITransportConnection connection, int bytes)
    {
        while (connection.BytesReceived < bytes)
        {
            await Task.Yield();
        }
    }

    private static async Task<(string Ann, string Bob)> FailAsync(LinkOptions? ann = null, NodeId? expected = null)
    {
        await using ITransportListener listener = LinkPair.TlsOf(TestNodes.BobCertificate).Listen(new IPEndPoint(IPAddress.Loopback, 0));
        Task<Link> dialling = Link.DialAsync(LinkPair.TlsOf(TestNodes.AnnCertificate), listener.EndPoint, LinkKind.Control,
            ann ?? LinkPair.AnnOptions, expected, Token).AsTask();
        ITransportConnection accepted = (await listener.AcceptAsync(Token))!;
        Task<Link> accepting = Link.AcceptAsync(accepted, LinkPair.BobOptions, Token).AsTask();
        ToreException ofAnn = await Assert.ThrowsAsync<ToreException>(() => dialling);
        ToreException ofBob = await Assert.ThrowsAsync<ToreException>(() => accepting);
        return (ofAnn.Code, ofBob.Code);
    }
}
