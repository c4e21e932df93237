using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tore.Mesh.Primitives;
using Tore.Mesh.Transport;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Tests.Transport;

/// <summary>Peers with a TLS of their own: a plain SslStream that dials Bob, or a plain server that Ann dials.</summary>
public sealed class TlsPeerTests
{
    private static readonly DateTimeOffset From = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Until = new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 20_000)]
    public async Task Accept_Tls12WithGcm_IsTakenAndShown()
    {
        (ITransportConnection bob, string? code) = await MeetAsync(SslProtocols.Tls12, TestNodes.AnnCertificate.Certificate);

        Assert.Null(code);
        Assert.StartsWith("TLS 1.2 TLS_ECDHE_ECDSA_WITH_AES_", bob.Security, StringComparison.Ordinal);
        Assert.EndsWith("_GCM_SHA384", bob.Security, StringComparison.Ordinal);
        Assert.Equal(TestNodes.Ann.Id, bob.RemoteIdentity!.Id);
    }

    [Fact(Timeout = 20_000)]
    public async Task Accept_Tls12UnderTlsMin13_IsRefused()
    {
        (_, string? code) = await MeetAsync(SslProtocols.Tls12, TestNodes.AnnCertificate.Certificate, oldest: SslProtocols.Tls13);

        // The system's TLS already finds no common version; where it would not, the check after the handshake does.
        Assert.Contains(code, new[] { ErrorCodes.HandshakeFailed, ErrorCodes.TlsRefused });
    }

    [Theory]
    [InlineData(SslProtocols.Tls13, TlsCipherSuite.TLS_AES_128_GCM_SHA256, true, true)]
    [InlineData(SslProtocols.Tls13, TlsCipherSuite.TLS_CHACHA20_POLY1305_SHA256, true, true)]
    [InlineData(SslProtocols.Tls12, TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256, true, false)]
    [InlineData(SslProtocols.Tls12, TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA384, false, false)]
    [InlineData(SslProtocols.Tls12, TlsCipherSuite.TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384, false, false)]
    [InlineData(SslProtocols.Tls12, TlsCipherSuite.TLS_RSA_WITH_AES_256_GCM_SHA384, false, false)]
#pragma warning disable SYSLIB0039, CA5397 // What must be refused has to be named.
    [InlineData(SslProtocols.Tls11, TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384, false, false)]
#pragma warning restore SYSLIB0039, CA5397
    public void Check_VersionAndSuite_FollowsThePolicy(SslProtocols protocol, TlsCipherSuite suite, bool from12, bool from13)
    {
        Assert.Equal(from12 ? null : ErrorCodes.TlsRefused, CodeOf(SslProtocols.Tls12));
        Assert.Equal(from13 ? null : ErrorCodes.TlsRefused, CodeOf(SslProtocols.Tls13));

        string? CodeOf(SslProtocols oldest) =>
            (Record.Exception(() => new TlsPolicy(TestNodes.BobCertificate, oldest).Check(protocol, suite)) as ToreException)?.Code;
    }

    [Theory(Timeout = 20_000)]
    [InlineData(SslProtocols.Tls13)]
    [InlineData(SslProtocols.Tls12)]
    public async Task Accept_NoCertificate_IsRefused(SslProtocols protocol)
    {
        (_, string? code) = await MeetAsync(protocol, certificate: null);

        Assert.Equal(ErrorCodes.PeerCertificate, code);
    }

    [Theory(Timeout = 20_000)]
    [InlineData("P-384")]
    [InlineData("RSA")]
    [InlineData("signed by another")]
    public async Task Accept_CertificateOfAnotherKind_IsRefused(string kind)
    {
        using X509Certificate2 certificate = Certificate(kind);

        (_, string? code) = await MeetAsync(SslProtocols.Tls13, certificate);

        Assert.Equal(ErrorCodes.PeerCertificate, code);
    }

    [Fact(Timeout = 20_000)]
    public async Task Accept_TwoCertificates_IsRefused()
    {
        (X509Certificate2 leaf, X509Certificate2Collection above) = CertificateChain();

        (ITransportConnection bob, string? code) = await MeetAsync(SslProtocols.Tls13, leaf, above);

        Assert.Equal(ErrorCodes.PeerCertificate, code);
        Assert.Contains("more than one", bob.CloseReason!.Message, StringComparison.Ordinal);
    }

    [Theory(Timeout = 20_000)]
    [InlineData("P-384", false)]
    [InlineData("RSA", false)]
    [InlineData("P-256", true)]
    public async Task Dial_ServerWithAnotherCertificate_IsRefused(string kind, bool two)
    {
        (X509Certificate2 leaf, X509Certificate2Collection above) = CertificateChain();
        using X509Certificate2 certificate = two ? leaf : Certificate(kind);
        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        server.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        server.Listen();
        Task serving = ServeAsync(server, certificate, two ? above : []);

        ToreException failure = await Assert.ThrowsAsync<ToreException>(async () => await Link.DialAsync(
            LinkPair.TlsOf(TestNodes.AnnCertificate), server.LocalEndPoint!, LinkKind.Control, LinkPair.AnnOptions, null, Token));

        Assert.Equal(ErrorCodes.PeerCertificate, failure.Code);
        Assert.Contains(two ? "more than one" : "P-256", failure.Message, StringComparison.Ordinal);
        await Assert.ThrowsAnyAsync<Exception>(() => serving);
    }

    [Fact(Timeout = 20_000)]
    public async Task Establish_ServerRefusesAfterTheClientSawSuccess_IsHandshakeFailed()
    {
        // TLS 1.3: the client's handshake ends before the server has judged its certificate.
        using X509Certificate2 certificate = Certificate("P-256");
        using var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        server.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        server.Listen();
        Task serving = ServeAsync(server, certificate, [], takesClient: false);

        ToreException failure = await Assert.ThrowsAsync<ToreException>(async () => await Link.DialAsync(
            LinkPair.TlsOf(TestNodes.AnnCertificate), server.LocalEndPoint!, LinkKind.Control, LinkPair.AnnOptions, null, Token));

        Assert.Equal(ErrorCodes.HandshakeFailed, failure.Code);
        await Assert.ThrowsAnyAsync<Exception>(() => serving);
    }

    /// <summary>A plain TLS client meets Bob; gives Bob's end, and the code if it refused.</summary>
    private static async Task<(ITransportConnection Bob, string? Code)> MeetAsync(
        SslProtocols protocol, X509Certificate2? certificate, X509Certificate2Collection? others = null,
        SslProtocols oldest = SslProtocols.Tls12)
    {
        await using ITransportListener listener =
            LinkPair.TlsOf(TestNodes.BobCertificate, oldest).Listen(new IPEndPoint(IPAddress.Loopback, 0));
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(listener.EndPoint, Token);
        await using var client = new SslStream(new NetworkStream(socket));
        Task shaking = client.AuthenticateAsClientAsync(
            new SslClientAuthenticationOptions
            {
                TargetHost = "tore",
                EnabledSslProtocols = protocol,
                RemoteCertificateValidationCallback = (_, shown, _, _) => shown is not null,
                ClientCertificateContext =
                    certificate is null ? null : SslStreamCertificateContext.Create(certificate, others, offline: true),
            },
            Token);
        ITransportConnection bob = (await listener.AcceptAsync(Token))!;
        try
        {
            await bob.OpenAsync(Token);
            await shaking;
            return (bob, null);
        }
        catch (ToreException refusal)
        {
            Assert.Same(refusal, bob.CloseReason);
            await Record.ExceptionAsync(() => shaking);
            return (bob, refusal.Code);
        }
        finally
        {
            bob.Abort(new ToreException(ErrorCodes.Cancelled, "the test is over"));
        }
    }

    private static async Task ServeAsync(
        Socket server, X509Certificate2 certificate, X509Certificate2Collection others, bool takesClient = true)
    {
        using Socket socket = await server.AcceptAsync(Token);
        await using var stream = new SslStream(new NetworkStream(socket));
        await stream.AuthenticateAsServerAsync(
            new SslServerAuthenticationOptions
            {
                ServerCertificateContext = SslStreamCertificateContext.Create(certificate, others, offline: true),
                ClientCertificateRequired = true,
                RemoteCertificateValidationCallback = (_, _, _, _) => takesClient,
            },
            Token);
        // A client that refuses tells so only now, in TLS 1.3.
        await stream.ReadExactlyAsync(new byte[1], Token);
    }

    private static X509Certificate2 Certificate(string kind)
    {
        switch (kind)
        {
            case "RSA":
                using (RSA rsa = RSA.Create(2048))
                {
                    return new CertificateRequest("CN=x", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
                        .CreateSelfSigned(From, Until);
                }
            case "signed by another":
                (X509Certificate2 leaf, X509Certificate2Collection above) = CertificateChain();
                above[0].Dispose();
                return leaf;
            default:
                using (ECDsa key = ECDsa.Create(kind == "P-384" ? ECCurve.NamedCurves.nistP384 : ECCurve.NamedCurves.nistP256))
                {
                    return new CertificateRequest("CN=x", key, HashAlgorithmName.SHA256).CreateSelfSigned(From, Until);
                }
        }
    }

    /// <summary>A leaf, and above it an authority in the middle that a TLS stack sends along with it.</summary>
    private static (X509Certificate2 Leaf, X509Certificate2Collection Above) CertificateChain()
    {
        using ECDsa rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using ECDsa middleKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using ECDsa leafKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var middleRequest = new CertificateRequest("CN=middle", middleKey, HashAlgorithmName.SHA256);
        middleRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, critical: true));
        X509Certificate2 middle = middleRequest.Create(
            new X500DistinguishedName("CN=root"), X509SignatureGenerator.CreateForECDsa(rootKey), From, Until, [1]);
        using X509Certificate2 unkeyed = new CertificateRequest("CN=leaf", leafKey, HashAlgorithmName.SHA256).Create(
            new X500DistinguishedName("CN=middle"), X509SignatureGenerator.CreateForECDsa(middleKey), From, Until, [2]);
        return (unkeyed.CopyWithPrivateKey(leafKey), [middle]);
    }
}
