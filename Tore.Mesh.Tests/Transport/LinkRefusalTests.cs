using System.Net;
using Tore.Mesh.Primitives;
using Tore.Mesh.Transport;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Tests.Transport;

/// <summary>A peer that proves key and mesh and is turned away all the same, by the end that accepted or by the one that dialled.</summary>
public sealed class LinkRefusalTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory(Timeout = 20_000)]
    [InlineData("control", ErrorCodes.Banned)]
    [InlineData("activation", ErrorCodes.Banned)]
    [InlineData("control", ErrorCodes.NotAllowed)]
    public async Task Accept_RefusedPeer_IsToldTheCodeAndNeverGivenOut(string kind, string code)
    {
        await using LinkListener listener = LinkListener.Start(
            LinkPair.TlsOf(TestNodes.BobCertificate), new IPEndPoint(IPAddress.Loopback, 0),
            LinkPair.BobOptions with { Refusal = peer => peer == TestNodes.Ann.Id ? code : null });
        await using Link ann = await Link.DialAsync(
            LinkPair.TlsOf(TestNodes.AnnCertificate), listener.EndPoint, Enum.Parse<LinkKind>(kind, ignoreCase: true),
            LinkPair.AnnOptions, TestNodes.Bob.Id, Token);

        var heard = new RecordingHandler();
        ToreException? reason = await ann.RunAsync(heard, Token);

        Assert.Equal(code, reason?.Code);
        Assert.Contains(TestNodes.Bob.Id.ToString(), reason!.Message, StringComparison.Ordinal);
        await ann.DisposeAsync();
        while (listener.RefusedLinks == 0)
        {
            await Task.Delay(10, Token);
        }
        RefusedLink refused = Assert.Single(listener.Refusals);
        Assert.Equal((code, TestNodes.Ann.Id), (refused.Code, refused.Peer));
        ValueTask<Link?> given = listener.AcceptAsync(Token);
        Assert.False(given.IsCompleted);
        await listener.DisposeAsync();
        Assert.Null(await given);
    }

    [Fact(Timeout = 20_000)]
    public async Task Dial_RefusedPeer_FailsWithItsCodeAndSaysGoodbye()
    {
        await using LinkListener listener = LinkListener.Start(
            LinkPair.TlsOf(TestNodes.BobCertificate), new IPEndPoint(IPAddress.Loopback, 0), LinkPair.BobOptions);
        Task<Link> dialling = Link.DialAsync(
            LinkPair.TlsOf(TestNodes.AnnCertificate), listener.EndPoint, LinkKind.Control,
            LinkPair.AnnOptions with { Refusal = peer => peer == TestNodes.Bob.Id ? ErrorCodes.Banned : null }, expected: null,
            Token).AsTask();
        await using Link bob = (await listener.AcceptAsync(Token))!;
        ToreException? told = await bob.RunAsync(new RecordingHandler(), Token);
        await bob.DisposeAsync();

        ToreException failure = await Assert.ThrowsAsync<ToreException>(() => dialling);

        Assert.Equal(ErrorCodes.Banned, failure.Code);
        Assert.Contains("tore mesh unban", failure.Message, StringComparison.Ordinal);
        Assert.Equal(ErrorCodes.Banned, told?.Code);
    }
}
