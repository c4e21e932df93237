using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Tore.Mesh.Tests.Transport.Hostile;

/// <summary>What a hostile end brings to TLS.</summary>
/// <param name="Certificate">What it shows; null shows none.</param>
/// <param name="Protocols">Versions it speaks.</param>
/// <param name="Suites">The only cipher suites it speaks; null leaves them to the platform.</param>
/// <param name="Above">Further certificates sent with the first.</param>
/// <param name="TakesPeer">Whether it takes whatever certificate the other shows; else it takes none.</param>
internal sealed record HostileTls(
    X509Certificate2? Certificate,
    SslProtocols Protocols = SslProtocols.Tls13,
    TlsCipherSuite[]? Suites = null,
    X509Certificate2Collection? Above = null,
    bool TakesPeer = true)
{
    /// <summary>As a dialler.</summary>
    public SslClientAuthenticationOptions AsClient() => new()
    {
        TargetHost = "tore",
        EnabledSslProtocols = Protocols,
        CipherSuitesPolicy = Policy(),
        RemoteCertificateValidationCallback = (_, _, _, _) => TakesPeer,
        ClientCertificateContext = Context(),
    };

    /// <summary>As an acceptor.</summary>
    public SslServerAuthenticationOptions AsServer() => new()
    {
        EnabledSslProtocols = Protocols,
        CipherSuitesPolicy = Policy(),
        ClientCertificateRequired = true,
        RemoteCertificateValidationCallback = (_, _, _, _) => TakesPeer,
        ServerCertificateContext = Context(),
    };

    private SslStreamCertificateContext? Context() =>
        Certificate is null ? null : SslStreamCertificateContext.Create(Certificate, Above ?? [], offline: true);

    private CipherSuitesPolicy? Policy()
    {
        if (Suites is null)
        {
            return null;
        }
        if (OperatingSystem.IsLinux())
        {
            return new CipherSuitesPolicy(Suites);
        }
        Assert.Skip("only Linux lets a program name any cipher suite");
        return null;
    }
}
