using System.Buffers;
using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Tore.Mesh.Identity;
using Tore.Mesh.Primitives;
using Tore.Mesh.Transport;
using Tore.Mesh.Wire;
using static Tore.Mesh.Tests.Transport.Hostile.HostileAttacks;
using static Tore.Mesh.Tests.Transport.Hostile.HostileScene;

namespace Tore.Mesh.Tests.Transport.Hostile;

/// <summary>
/// Every way to get a link that must not be given, by name, each with a real TLS peer on loopback. Our side gives out no link, says the
/// stable code, and says nothing to the other but its hello; a proof is said only by whoever dialled, or to a member.
/// </summary>
public sealed class NegativeHandshakeTests
{
    private const int Hello = LinkHello.Size;
    private const int HelloAndProof = LinkHello.Size + LinkProof.Size;
    private const string TlsOrPolicy = ErrorCodes.HandshakeFailed + "|" + ErrorCodes.TlsRefused;

    /// <summary>Strangers who dial Bob's listener.</summary>
    private static readonly HostileCase[] Diallers =
    [
        // Certificates. All else is in order, and hello, proof and frames are sent before anybody could have judged.
        new("RSA key", ErrorCodes.PeerCertificate, 0, Show(HostileCertificates.Rsa)),
        new("P-384 key", ErrorCodes.PeerCertificate, 0, Show(HostileCertificates.P384)),
        new("Ed25519 key", ErrorCodes.PeerCertificate, 0, ShowForeign(OpenSslClient.Ed25519)),
        new("P-256 key by its parameters", ErrorCodes.PeerCertificate, 0, ShowForeign(OpenSslClient.ExplicitP256)),
        new("P-256 key with a compressed point", ErrorCodes.PeerCertificate, 0, Show(HostileCertificates.CompressedPoint)),
        new("two certificates", ErrorCodes.PeerCertificate, 0, ShowTwo),
        new("bad self-signature", ErrorCodes.PeerCertificate, 0, Show(HostileCertificates.BadSelfSignature)),
        new("certificate signed by another key", ErrorCodes.PeerCertificate, 0, Show(HostileCertificates.SignedByAnother)),
        new("certificate signed with SHA-512", ErrorCodes.PeerCertificate, 0, Show(HostileCertificates.SignedWithSha512)),
        new("certificate of 9 KiB", ErrorCodes.PeerCertificate, 0, Show(HostileCertificates.Huge)),
        new("RSA key over TLS 1.2", ErrorCodes.PeerCertificate, 0, Show(HostileCertificates.Rsa, SslProtocols.Tls12)),
        new("no certificate", ErrorCodes.PeerCertificate, 0, Show(() => null)),
        new("no certificate over TLS 1.2", ErrorCodes.PeerCertificate, 0, Show(() => null, SslProtocols.Tls12)),
        new("copy of our own key", ErrorCodes.PeerIsSelf, Hello, async scene =>
        {
            HostileEnd end = await scene.DialAsync(new HostileTls(TestNodes.BobCertificate.Certificate));
            await end.SendAsync(HostileBytes.Hello(Lab.Id));
        }),

        // TLS.
        new("TLS 1.0", TlsOrPolicy, 0, SayInTheClear(HostileBytes.ClientHello(HostileBytes.Tls10, 0xc009, 0xc00a))),
        new("TLS 1.1", TlsOrPolicy, 0, SayInTheClear(HostileBytes.ClientHello(HostileBytes.Tls11, 0xc009, 0xc00a))),
        new("TLS 1.2 with CBC", TlsOrPolicy, 0,
            Speak(SslProtocols.Tls12, TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA256)),
        new("TLS 1.2 with RSA key exchange", TlsOrPolicy, 0, Speak(SslProtocols.Tls12, TlsCipherSuite.TLS_RSA_WITH_AES_256_GCM_SHA384)),
        new("TLS 1.2 with ECDHE-RSA", TlsOrPolicy, 0, Speak(SslProtocols.Tls12, TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384)),
        new("TLS 1.2 under --tls-min 1.3", TlsOrPolicy, 0, Speak(SslProtocols.Tls12)) { Oldest = SslProtocols.Tls13 },
        new("TLS 1.2 renegotiated", ErrorCodes.HandshakeFailed, Hello, Renegotiate),

        // Not TLS at all.
        new("garbage", ErrorCodes.HandshakeFailed, 0, SayInTheClear([.. Enumerable.Range(1, 400).Select(i => (byte)(i * 7))])),
        new("plain HTTP", ErrorCodes.HandshakeFailed, 0, SayInTheClear("GET / HTTP/1.1\r\nHost: tore\r\n\r\n"u8.ToArray())),
        new("hello in the clear", ErrorCodes.HandshakeFailed, 0, SayInTheClear(HostileBytes.Hello(Lab.Id))),

        // Hellos.
        new("HTTP within TLS", ErrorCodes.WireMalformed, Hello, Say("GET / HTTP/1.1\r\n\r\n"u8.ToArray())),
        new("truncated hello", ErrorCodes.HandshakeFailed, Hello, async scene =>
        {
            HostileEnd end = await scene.DialAsync(MalloryTls);
            await end.ReceiveAsync(Hello);
            await end.SendAsync(HostileBytes.Hello(Lab.Id)[..49]);
            await end.CloseAsync();
        }),
        new("hello of version 1", ErrorCodes.WireVersion, Hello, Say(HostileBytes.HelloOfVersion(1, Lab.Id), HostileBytes.EarlyFrames)),
        new("empty range of wire versions", ErrorCodes.WireMalformed, Hello, Say(HostileBytes.Hello(Lab.Id, lowest: 2, highest: 1))),
        new("no common wire version", ErrorCodes.WireVersion, Hello, Say(HostileBytes.Hello(Lab.Id, lowest: 2, highest: 9))),
        new("our own hello sent back", ErrorCodes.WireMalformed, Hello, async scene =>
            await ReflectHello(await scene.DialAsync(MalloryTls))),
        new("other mesh", ErrorCodes.WrongMesh, Hello,
            Say(HostileBytes.Hello(MeshSecret.Create("lab").Id), new byte[LinkProof.Size], HostileBytes.EarlyFrames)),
        new("open against private", ErrorCodes.WrongMesh, Hello, Say(HostileBytes.Hello(MeshSecret.Open.Id))),
        new("private against open", ErrorCodes.WrongMesh, Hello, Say(HostileBytes.Hello(Lab.Id))) { Mesh = MeshSecret.Open },
        new("local against open", ErrorCodes.WrongMesh, Hello, Say(HostileBytes.Hello(MeshSecret.Local.Id))) { Mesh = MeshSecret.Open },

        // Proofs.
        new("wrong secret under the right fingerprint", ErrorCodes.WrongProof, Hello, ProveWith(MeshSecret.Create("lab"))),
        new("zero secret under the right fingerprint", ErrorCodes.WrongProof, Hello, ProveWith(MeshSecret.Open)),
        new("proof before the hello", ErrorCodes.WireMalformed, Hello, Say([.. Enumerable.Repeat((byte)0xab, LinkProof.Size)])),
        new("frames instead of the proof", ErrorCodes.WrongProof, Hello, Say(HostileBytes.Hello(Lab.Id), HostileBytes.EarlyFrames)),
        new("frames behind a made-up proof", ErrorCodes.WrongProof, Hello,
            Say(HostileBytes.Hello(Lab.Id), new byte[LinkProof.Size], HostileBytes.EarlyFrames)),
        new("replayed proof of an earlier link", ErrorCodes.WrongProof, Hello, ReplayDialler),
        new("proof relayed by one in the middle", ErrorCodes.WrongProof, Hello, Relay),
        new("own proof as a dialler, shown to the own listener", ErrorCodes.WrongProof, Hello, Cross) { IsOneNode = true },

        // Members that do not say what the link is for.
        new("oversized first frame", ErrorCodes.WireLimit, HelloAndProof, ProveThenSay([0x00, 0x10, 0x00, 0x00, 0x00, 0x01])),
        new("first frame of 4 GiB", ErrorCodes.WireLimit, HelloAndProof, ProveThenSay([0xff, 0xff, 0xff, 0xff, 0x00, 0x01])),
        new("wrong first message", ErrorCodes.WireMalformed, HelloAndProof, ProveThenSay(HostileBytes.FrameOf(new Ping(1, 2)))),
        new("a kind that is none", ErrorCodes.WireMalformed, HelloAndProof, ProveThenSay([0, 0, 0, 4, 0, 1, 0x91, 3])),

        // Members that this node does not take. They are told why, behind a handshake in good order.
        new("banned node", ErrorCodes.Banned, HelloAndProof, ProveThenSay(HostileBytes.EarlyFrames)) { Refusal = ErrorCodes.Banned },
        new("node that is not on the allow list", ErrorCodes.NotAllowed, HelloAndProof, ProveThenSay(HostileBytes.EarlyFrames))
        {
            Refusal = ErrorCodes.NotAllowed,
        },

        // Time.
        new("silence", ErrorCodes.HandshakeTimeout, 0, async scene =>
        {
            await scene.DialPlainAsync();
            await scene.PassTimeUntilRefusedAsync();
        }),
        new("slow TLS", ErrorCodes.HandshakeTimeout, 0, async scene =>
        {
            HostileEnd end = await scene.DialPlainAsync();
            await end.SendAsync(HostileBytes.ClientHello(HostileBytes.Tls12, 0xc02b)[..10]);
            await scene.PassTimeUntilRefusedAsync();
        }),
        new("slow hello, a byte a second", ErrorCodes.HandshakeTimeout, Hello, async scene =>
        {
            HostileEnd end = await scene.DialAsync(MalloryTls);
            await end.ReceiveAsync(Hello);
            await Dawdle(scene, end, HostileBytes.Hello(Lab.Id)[..5]);
        }),
        new("hello and then silence", ErrorCodes.HandshakeTimeout, Hello, async scene =>
        {
            HostileEnd end = await scene.DialAsync(MalloryTls);
            await end.GreetAsync(Lab.Id);
            await scene.PassTimeUntilRefusedAsync();
        }),
    ];

    /// <summary>Strangers whom Ann dials.</summary>
    private static readonly HostileCase[] Acceptors =
    [
        new("another node answers", ErrorCodes.WrongPeer, 0, scene => scene.AcceptAsync(MalloryTls, expected: TestNodes.Bob.Id)),
        new("RSA key", ErrorCodes.PeerCertificate, 0, AnswerWith(HostileCertificates.Rsa)),
        new("P-384 key", ErrorCodes.PeerCertificate, 0, AnswerWith(HostileCertificates.P384)),
        new("P-256 key with a compressed point", ErrorCodes.PeerCertificate, 0, AnswerWith(HostileCertificates.CompressedPoint)),
        new("bad self-signature", ErrorCodes.PeerCertificate, 0, AnswerWith(HostileCertificates.BadSelfSignature)),
        new("certificate signed by another key", ErrorCodes.PeerCertificate, 0, AnswerWith(HostileCertificates.SignedByAnother)),
        new("two certificates", ErrorCodes.PeerCertificate, 0, scene =>
        {
            (X509Certificate2 leaf, X509Certificate2Collection above) = HostileCertificates.Two();
            return scene.AcceptAsync(new HostileTls(leaf, Above: above));
        }),
        new("TLS 1.2 with CBC", TlsOrPolicy, 0, scene => scene.AcceptAsync(
            MalloryTls with { Protocols = SslProtocols.Tls12, Suites = [TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384] })),
        new("TLS 1.2 under --tls-min 1.3", TlsOrPolicy, 0, scene => scene.AcceptAsync(MalloryTls with { Protocols = SslProtocols.Tls12 }))
        {
            Oldest = SslProtocols.Tls13,
        },
        new("no TLS", ErrorCodes.HandshakeFailed, 0, async scene =>
            await (await scene.AcceptPlainAsync()).SendAsync("SSH-2.0-OpenSSH_9.9\r\n"u8.ToArray())),
        new("copy of our own key", ErrorCodes.PeerIsSelf, Hello, async scene =>
            await (await scene.AcceptAsync(new HostileTls(TestNodes.AnnCertificate.Certificate))).SendAsync(HostileBytes.Hello(Lab.Id))),
        new("other mesh", ErrorCodes.WrongMesh, Hello, async scene =>
            await (await scene.AcceptAsync(MalloryTls)).SendAsync(HostileBytes.Hello(MeshSecret.Open.Id), HostileBytes.EarlyFrames)),
        new("our own hello sent back", ErrorCodes.WireMalformed, Hello, async scene =>
            await ReflectHello(await scene.AcceptAsync(MalloryTls))),
        // In TLS 1.3 Ann's handshake is over before the other has judged her certificate.
        new("refusal after Ann saw success", ErrorCodes.HandshakeFailed, 0,
            scene => scene.AcceptAsync(MalloryTls with { TakesPeer = false })),
        new("silence", ErrorCodes.HandshakeTimeout, 0, async scene =>
        {
            HostileEnd end = await scene.AcceptPlainAsync();
            // Her TLS has begun, so her deadline runs.
            await end.ReceiveAsync(1);
            scene.Time.Advance(Limits.Handshake);
        }),
        new("no hello", ErrorCodes.HandshakeTimeout, Hello, async scene =>
        {
            HostileEnd end = await scene.AcceptAsync(MalloryTls);
            await end.ReceiveAsync(Hello);
            scene.Time.Advance(Limits.Handshake);
        }),

        // Who dials proves first, which tells nothing to whom has no secret.
        new("wrong secret under the right fingerprint", ErrorCodes.WrongProof, HelloAndProof, AnswerWithAnotherSecret),
        new("our own proof sent back", ErrorCodes.WrongProof, HelloAndProof, ReflectProof),
        new("replayed proof of an earlier link", ErrorCodes.WrongProof, HelloAndProof, ReplayAcceptor),
    ];

    public static TheoryData<string> DiallerNames => [.. Diallers.Select(hostile => hostile.Name)];

    public static TheoryData<string> AcceptorNames => [.. Acceptors.Select(hostile => hostile.Name)];

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(DiallerNames))]
    public async Task Listen_HostileDialler_IsRefused(string name)
    {
        HostileCase hostile = Diallers.Single(c => c.Name == name);
        await using HostileScene scene = new(hostile);
        await scene.AttackAsync();

        await scene.RefusedAsync();
        RefusedLink refusal = Assert.Single(scene.Listener.Refusals);
        Assert.Contains(refusal.Code, hostile.Code.Split('|'));
        Assert.NotEmpty(scene.HeardFromBob);
        Assert.All(scene.HeardFromBob, heard => AssertSaid(hostile.Heard, WithoutGoodbye(heard, hostile.Refusal)));
        await AssertNoLinkGivenOut(scene);
        if (scene.AnnDials is { } dialling)
        {
            // Where Ann was made to dial too, she gets no link either, and tells what every dialler does.
            await Assert.ThrowsAsync<ToreException>(() => dialling);
            Assert.All(scene.HeardFromAnn, heard => AssertSaid(HelloAndProof, heard));
        }
    }

    [Theory(Timeout = 30_000)]
    [MemberData(nameof(AcceptorNames))]
    public async Task Dial_HostileAcceptor_IsRefused(string name)
    {
        HostileCase hostile = Acceptors.Single(c => c.Name == name);
        await using HostileScene scene = new(hostile);
        await scene.AttackAsync();

        ToreException refusal = await Assert.ThrowsAsync<ToreException>(() => scene.AnnDials!);
        Assert.Contains(refusal.Code, hostile.Code.Split('|'));
        Assert.NotEmpty(scene.HeardFromAnn);
        Assert.All(scene.HeardFromAnn, heard => AssertSaid(hostile.Heard, heard));
    }

    [Theory(Timeout = 30_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Listen_CertificateNamingAddresses_IsRefusedAndFetchesNothing(bool issued)
    {
        using FetchTrap trap = new();
        Func<string, X509Certificate2> certificate = issued ? HostileCertificates.IssuedNamingUrls : HostileCertificates.NamingUrls;
        HostileCase hostile = new("certificate naming addresses", ErrorCodes.PeerCertificate, 0, Show(() => certificate(trap.Url)));
        await using HostileScene scene = new(hostile);
        await scene.AttackAsync();

        await scene.RefusedAsync();
        Assert.Equal(ErrorCodes.PeerCertificate, Assert.Single(scene.Listener.Refusals).Code);
        Assert.All(scene.HeardFromBob, Assert.Empty);
        Assert.False(trap.WasVisited);
        await AssertNoLinkGivenOut(scene);
    }

    [Theory(Timeout = 30_000)]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Dial_CertificateNamingAddresses_IsRefusedAndFetchesNothing(bool issued)
    {
        using FetchTrap trap = new();
        Func<string, X509Certificate2> certificate = issued ? HostileCertificates.IssuedNamingUrls : HostileCertificates.NamingUrls;
        HostileCase hostile = new("certificate naming addresses", ErrorCodes.PeerCertificate, 0, AnswerWith(() => certificate(trap.Url)));
        await using HostileScene scene = new(hostile);
        await scene.AttackAsync();

        Assert.Equal(ErrorCodes.PeerCertificate, (await Assert.ThrowsAsync<ToreException>(() => scene.AnnDials!)).Code);
        Assert.False(trap.WasVisited);
    }

    [Theory(Timeout = 30_000)]
    [InlineData("192.0.2.1", Limits.PendingHandshakesPerAddress)]
    [InlineData("127.0.0.1", Limits.PendingHandshakes)]
    public async Task Listen_FloodFromOneAddress_ClosesTheRestUnread(string address, int limit)
    {
        var transport = new HandedInTransport();
        await using LinkListener listener = LinkListener.Start(transport, transport.EndPoint, LinkPair.BobOptions);
        List<ITransportConnection> silent = [];
        for (int i = 0; i < limit; i++)
        {
            silent.Add(transport.Connect(IPAddress.Parse(address)).Accepted);
        }

        ITransportConnection refused = transport.Connect(IPAddress.Parse(address)).Accepted;
        await refused.Closed;

        Assert.Equal(ErrorCodes.TooManyLinks, refused.CloseReason?.Code);
        Assert.Equal((0, 0), (refused.BytesSent, refused.BytesReceived));
        Assert.All(silent, connection => Assert.Null(connection.CloseReason));
        Assert.Equal(1, listener.RefusedLinks);

        // One that gives up makes room again.
        silent[0].Abort(new ToreException(ErrorCodes.Cancelled, "gave up"));
        while (listener.RefusedLinks < 2)
        {
            await Task.Yield();
        }
        ITransportConnection next = transport.Connect(IPAddress.Parse(address)).Accepted;
        while (next.BytesSent < LinkHello.Size)
        {
            Assert.Null(next.CloseReason);
            await Task.Yield();
        }
    }

    /// <summary>A member that is not taken hears one frame more, which says so.</summary>
    private static byte[] WithoutGoodbye(byte[] heard, string? refusal)
    {
        if (refusal is null)
        {
            return heard;
        }
        var rest = new ReadOnlySequence<byte>(heard, HelloAndProof, heard.Length - HelloAndProof);
        Assert.True(Frame.TryRead(ref rest, Frame.BytesMax(LinkKind.Control), out MessageType type, out ReadOnlySequence<byte> body));
        Assert.Equal((MessageType.Goodbye, refusal, 0), (type, WireMessage.Read<Goodbye>(body).Code, rest.Length));
        return heard[..HelloAndProof];
    }

    /// <summary>Exactly this much was said, beginning with our hello; so no frame, and to no stranger a proof.</summary>
    private static void AssertSaid(int bytes, byte[] heard)
    {
        Assert.Equal(bytes, heard.Length);
        Assert.True(bytes == 0 || heard.AsSpan().StartsWith(LinkHello.Magic));
    }

    /// <summary>The first link that the listener gives out is an honest one made afterwards; and in the clear nothing was told.</summary>
    private static async Task AssertNoLinkGivenOut(HostileScene scene)
    {
        (Link ann, Link bob) = await scene.LinkHonestlyAsync();
        await using LinkEnds ends = new(ann, bob);
        Assert.Equal((TestNodes.Ann.Id, ann.LocalEndPoint), (bob.Peer.Id, bob.RemoteEndPoint));
        Assert.Equal(1, scene.Listener.RefusedLinks);
        // At most a TLS alert (content type 21).
        Assert.All(scene.HeardInTheClear, heard => Assert.True(heard is [] or [21, .., _] and { Length: 7 }));
    }
}
