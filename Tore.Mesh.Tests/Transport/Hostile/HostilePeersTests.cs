using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Tore.Mesh.Identity;
using Tore.Mesh.Primitives;
using Tore.Mesh.Transport;
using static Tore.Mesh.Tests.Transport.Hostile.HostileScene;

namespace Tore.Mesh.Tests.Transport.Hostile;

/// <summary>The hostile peers themselves: with everything in order they are let in. So what a case names is what refuses them.</summary>
public sealed class HostilePeersTests
{
    private static readonly HostileCase InOrder = new("in order", "", 0, _ => Task.CompletedTask);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory(Timeout = 30_000)]
    [InlineData(SslProtocols.Tls13, null)]
    [InlineData(SslProtocols.Tls12, null)]
    [InlineData(SslProtocols.Tls12, TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256)]
    public async Task DiallerWithTheSecret_GetsALink(SslProtocols protocol, TlsCipherSuite? suite)
    {
        await using HostileScene scene = new(InOrder);
        using X509Certificate2 good = HostileCertificates.Good();
        Assert.True(LinkIdentity.TryCreate(good.PublicKey.ExportSubjectPublicKeyInfo(), out LinkIdentity? key));
        HostileEnd end = await scene.DialAsync(new HostileTls(good, protocol, suite is { } only ? [only] : null));
        await end.GreetAsync(Lab.Id);
        await end.SendAsync(end.Proof(Lab, LinkRole.Dialler, dialled: true, key!.KeyHash, TestNodes.Bob.Identity.KeyHash));
        await end.ReceiveAsync(LinkProof.Size);
        await end.SendAsync(HostileBytes.Kind);

        Link? link = await scene.Listener.AcceptAsync(Token);
        await end.DisposeAsync();
        await link!.DisposeAsync();
        Assert.Equal(key.Id, link.Peer.Id);
        Assert.Matches(protocol == SslProtocols.Tls13 ? "^TLS 1.3 TLS_" : "^TLS 1.2 TLS_ECDHE_ECDSA_WITH_AES_..._GCM_SHA", link.Security);
    }

    [Fact(Timeout = 30_000)]
    public async Task AcceptorWithTheSecret_GetsALink()
    {
        await using HostileScene scene = new(InOrder);
        HostileEnd end = await scene.AcceptAsync(MalloryTls, expected: Mallory.Id);
        await end.GreetAsync(Lab.Id);
        await end.ReceiveAsync(LinkProof.Size);
        await end.SendAsync(end.Proof(
            Lab, LinkRole.Acceptor, dialled: false, Mallory.Identity.KeyHash, TestNodes.Ann.Identity.KeyHash));

        Link link = await scene.AnnDials!;
        await end.DisposeAsync();
        await link.DisposeAsync();
        Assert.Equal(Mallory.Id, link.Peer.Id);
    }

    [Fact(Timeout = 30_000)]
    public async Task ClientHelloOfTls12WithGcm_IsAnsweredByAServerHello()
    {
        await using HostileScene scene = new(InOrder);
        HostileEnd end = await scene.DialPlainAsync();
        await end.SendAsync(HostileBytes.ClientHello(HostileBytes.Tls12, 0xc02b));

        byte[] record = await end.ReceiveAsync(6);
        Assert.Equal((22, 2), (record[0], record[5])); // handshake, server hello
    }

    [Theory(Timeout = 30_000)]
    [InlineData(SslProtocols.Tls13)]
    [InlineData(SslProtocols.Tls12)]
    public async Task OpenSslWithAGoodCertificate_IsHeardUntilItsProof(SslProtocols protocol)
    {
        HostileCase hostile = InOrder with { Attack = HostileAttacks.ShowForeign(OpenSslClient.P256, protocol) };
        await using HostileScene scene = new(hostile);
        await scene.AttackAsync();

        await scene.RefusedAsync();
        Assert.Equal(ErrorCodes.WrongProof, Assert.Single(scene.Listener.Refusals).Code);
        Assert.Equal(LinkHello.Size, Assert.Single(scene.HeardFromBob).Length);
    }

    [Fact(Timeout = 30_000)]
    public async Task CertificateNamingAddresses_LuresWhoeverFetches()
    {
        using FetchTrap trap = new();
        using X509Certificate2 certificate = HostileCertificates.IssuedNamingUrls(trap.Url);
        using var chain = new X509Chain
        {
            ChainPolicy = { UrlRetrievalTimeout = TimeSpan.FromMilliseconds(500), RevocationMode = X509RevocationMode.Online },
        };
        // The trap never answers, so this fails; what counts is that somebody came.
        Assert.False(await Task.Run(() => chain.Build(certificate), Token));
        Assert.True(trap.WasVisited);
    }
}
