using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Time.Testing;
using Tore.Mesh.Identity;
using Tore.Mesh.Primitives;
using Tore.Mesh.Transport;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Tests.Transport;

public sealed class LinkListenerTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static LinkListener Listen() => LinkListener.Start(
        LinkPair.TlsOf(TestNodes.BobCertificate), new IPEndPoint(IPAddress.Loopback, 0), LinkPair.BobOptions);

    private static IPEndPoint EndPointOf(int host) => new(new IPAddress([192, 0, 2, (byte)host]), 1000 + host);

    private static ValueTask<Link> DialAsync(LinkListener listener, LinkKind kind = LinkKind.Control) =>
        Link.DialAsync(LinkPair.TlsOf(TestNodes.AnnCertificate), listener.EndPoint, kind, LinkPair.AnnOptions, TestNodes.Bob.Id, Token);

    [Fact(Timeout = 20_000)]
    public async Task Accept_PeersThatDawdle_HoldUpNobody()
    {
        await using LinkListener listener = Listen();
        Socket[] silent = [.. Enumerable.Range(0, 20)
            .Select(_ => new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp))];
        foreach (Socket socket in silent)
        {
            await socket.ConnectAsync(listener.EndPoint, Token);
        }

        Link ann = await DialAsync(listener, LinkKind.Activation);
        Link? bob = await listener.AcceptAsync(Token);
        await using LinkEnds ends = new(ann, bob);

        Assert.Equal(LinkKind.Activation, bob!.Kind);
        Array.ForEach(silent, socket => socket.Dispose());
    }

    [Fact(Timeout = 20_000)]
    public async Task Refusals_PeersOfAnotherMesh_AreNamedOnceWithTheirCount()
    {
        await using LinkListener listener = Listen();
        for (int i = 1; i <= 3; i++)
        {
            ToreException refused = await Assert.ThrowsAsync<ToreException>(async () => await Link.DialAsync(
                LinkPair.TlsOf(TestNodes.AnnCertificate), listener.EndPoint, LinkKind.Control,
                LinkPair.AnnOptions with { Mesh = MeshSecret.Open }, expected: null, Token));
            Assert.Equal(ErrorCodes.WrongMesh, refused.Code);
            while (listener.RefusedLinks < i)
            {
                await Task.Yield();
            }
        }
        RefusedLink link = Assert.Single(listener.Refusals);
        Assert.Equal(("127.0.0.1", TestNodes.Ann.Id, ErrorCodes.WrongMesh, 3L), (link.Address, link.Peer!.Value, link.Code, link.Count));
        Assert.NotEmpty(link.Text);
        Assert.True(link.FirstAt <= link.LastAt);
    }

    [Fact]
    public void Refusals_OfMoreAddressesThanAreKept_ForgetTheOneNotRepeatedForLongest()
    {
        var time = new FakeTimeProvider();
        var refusals = new RefusedLinks(time);
        for (int i = 0; i <= Limits.RefusedLinks; i++)
        {
            refusals.Add(EndPointOf(i), peer: null, new ToreException(ErrorCodes.HandshakeTimeout, $"the {i}th"));
            refusals.Add(EndPointOf(0), peer: null, new ToreException(ErrorCodes.HandshakeTimeout, "again"));
            time.Advance(TimeSpan.FromSeconds(1));
        }
        Assert.Equal(Limits.RefusedLinks, refusals.Snapshot.Count);
        RefusedLink last = refusals.Snapshot[0];
        Assert.Equal(("192.0.2.0", Limits.RefusedLinks + 2L, "again"), (last.Address, last.Count, last.Text));
        Assert.Equal(TimeSpan.FromSeconds(Limits.RefusedLinks), last.LastAt - last.FirstAt);
        Assert.DoesNotContain(refusals.Snapshot, l => l.Address == "192.0.2.1");
        Assert.Contains(refusals.Snapshot, l => l.Address == "192.0.2.2");
    }

    [Fact(Timeout = 60_000)]
    public async Task Accept_MoreLinksThanOnePeerMayHave_RefusesThemUntilSomeClose()
    {
        await using LinkListener listener = Listen();
        List<Link> links = [];
        for (int i = 0; i < Limits.LinksPerPeer; i++)
        {
            links.Add(await DialAsync(listener));
            links.Add((await listener.AcceptAsync(Token))!);
        }

        await using Link tooMany = await DialAsync(listener);
        Assert.Equal(ErrorCodes.TooManyLinks, (await tooMany.RunAsync(new RecordingHandler(), Token))?.Code);

        await Task.WhenAll(links[0].DisposeAsync().AsTask(), links[1].DisposeAsync().AsTask());
        Link again = await DialAsync(listener);
        Link? accepted = await listener.AcceptAsync(Token);
        await using LinkEnds ends = new([again, accepted, .. links]);
        Assert.NotNull(accepted);
    }

    [Fact(Timeout = 20_000)]
    public async Task Dispose_WithAHandshakeUnderWay_EndsBoth()
    {
        LinkListener listener = Listen();
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(listener.EndPoint, Token);
        Task<Link?> accepting = listener.AcceptAsync(Token).AsTask();

        await listener.DisposeAsync();

        Assert.Null(await accepting);
    }

    [Fact(Timeout = 20_000)]
    public async Task Dispose_LinksGivenOut_LiveOn()
    {
        LinkListener listener = Listen();
        Link ann = await DialAsync(listener);
        Link? bob = await listener.AcceptAsync(Token);
        await using LinkEnds ends = new(ann, bob);

        await listener.DisposeAsync();

        RecordingHandler handler = new();
        _ = bob!.RunAsync(handler, Token);
        ann.TrySend(new Ping(3, 4));
        Assert.Equal(new Ping(3, 4), await handler.NextAsync<Ping>());
    }
}
