using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Tore.Mesh.Identity;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Transport;

/// <summary>What this node asks of TLS: before the handshake as options, after it as a check of what was agreed on.</summary>
internal sealed class TlsPolicy
{
    /// <summary>Sent as server name; nobody judges it.</summary>
    private const string ServerName = "tore";

    private static readonly TlsCipherSuite[] SuitesOfTls12 =
    [
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256,
    ];

    private static readonly TlsCipherSuite[] SuitesOfTls13 =
    [
        TlsCipherSuite.TLS_AES_128_GCM_SHA256,
        TlsCipherSuite.TLS_AES_256_GCM_SHA384,
        TlsCipherSuite.TLS_CHACHA20_POLY1305_SHA256,
    ];

    private readonly SslProtocols _oldest;
    private readonly SslStreamCertificateContext _certificate;

    public TlsPolicy(NodeCertificate certificate, SslProtocols oldest)
    {
        if (oldest is not (SslProtocols.Tls12 or SslProtocols.Tls13))
        {
            throw new ArgumentOutOfRangeException(nameof(oldest), oldest, "The oldest TLS is 1.2 or 1.3.");
        }
        _oldest = oldest;
        _certificate = SslStreamCertificateContext.Create(certificate.Certificate, additionalCertificates: null, offline: true);
    }

    private SslProtocols Protocols => _oldest == SslProtocols.Tls13 ? SslProtocols.Tls13 : SslProtocols.Tls12 | SslProtocols.Tls13;

    /// <summary>Options of the end that dialled.</summary>
    public SslClientAuthenticationOptions ForDialler(RemoteCertificateValidationCallback check) => new()
    {
        TargetHost = ServerName,
        ClientCertificateContext = _certificate,
        EnabledSslProtocols = Protocols,
        CipherSuitesPolicy = Suites(),
        RemoteCertificateValidationCallback = check,
        CertificateChainPolicy = Chain(),
        AllowRenegotiation = false,
        AllowTlsResume = false,
    };

    /// <summary>Options of the end that listened.</summary>
    public SslServerAuthenticationOptions ForAcceptor(RemoteCertificateValidationCallback check) => new()
    {
        ServerCertificateContext = _certificate,
        ClientCertificateRequired = true,
        EnabledSslProtocols = Protocols,
        CipherSuitesPolicy = Suites(),
        RemoteCertificateValidationCallback = check,
        CertificateChainPolicy = Chain(),
        AllowRenegotiation = false,
        AllowTlsResume = false,
    };

    /// <summary>
    /// Judges what the handshake agreed on, since a platform may allow more than it was asked to; throws <c>tls_refused</c>.
    /// </summary>
    public void Check(SslProtocols protocol, TlsCipherSuite suite)
    {
        bool taken = protocol switch
        {
            SslProtocols.Tls13 => SuitesOfTls13.Contains(suite),
            SslProtocols.Tls12 => _oldest == SslProtocols.Tls12 && SuitesOfTls12.Contains(suite),
            _ => false,
        };
        if (!taken)
        {
            throw new ToreException(ErrorCodes.TlsRefused,
                $"The peer agreed on {protocol} with {suite}; this node takes TLS 1.3"
                + (_oldest == SslProtocols.Tls12 ? ", or 1.2 with ECDHE-ECDSA and AES-GCM." : " only (--tls-min 1.3)."));
        }
    }

    /// <summary>Names the suites where the platform lets a program name them; elsewhere the check after the handshake decides.</summary>
    private CipherSuitesPolicy? Suites() => OperatingSystem.IsLinux() || OperatingSystem.IsMacOS()
        ? new CipherSuitesPolicy(_oldest == SslProtocols.Tls13 ? SuitesOfTls13 : [.. SuitesOfTls13, .. SuitesOfTls12])
        : null;

    /// <summary>The chain is not judged (<see cref="PeerCertificate"/> is what decides), and must fetch nothing from anywhere.</summary>
    private static X509ChainPolicy Chain() => new()
    {
        TrustMode = X509ChainTrustMode.CustomRootTrust,
        RevocationMode = X509RevocationMode.NoCheck,
        DisableCertificateDownloads = true,
        VerificationFlags = X509VerificationFlags.AllFlags,
    };
}
