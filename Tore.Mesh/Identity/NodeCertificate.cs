using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Tore.Mesh.Identity;

/// <summary>
/// The self-signed certificate that carries a node's key through TLS. It is made anew at each start and says nothing that
/// the key does not; its dates are as wide as X.509 allows, since machines without a network often have wrong clocks.
/// </summary>
public sealed class NodeCertificate : IDisposable
{
    private NodeCertificate(X509Certificate2 certificate) => Certificate = certificate;

    /// <summary>The certificate with its private key, fit for TLS on this platform.</summary>
    public X509Certificate2 Certificate { get; }

    /// <summary>SHA-256 of the certificate in lower-case hex, for people who compare.</summary>
    public string Fingerprint => Convert.ToHexStringLower(SHA256.HashData(Certificate.RawDataMemory.Span));

    /// <summary>Makes the certificate of <paramref name="key"/>, which the caller keeps alive.</summary>
    public static NodeCertificate Create(NodeKey key)
    {
        var request = new CertificateRequest($"CN={key.Id}", key.Key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(key.Id.ToString());
        names.AddDnsName("localhost");
        request.CertificateExtensions.Add(names.Build());
        // RFC 5280, 4.1.2.5: 9999-12-31 23:59:59 means "no well-defined expiration".
        X509Certificate2 certificate = request.CreateSelfSigned(
            new DateTimeOffset(2000, 1, 1, 0, 0, 0, TimeSpan.Zero), new DateTimeOffset(9999, 12, 31, 23, 59, 59, TimeSpan.Zero));
        return new NodeCertificate(NeedsPfx ? ThroughPfx(certificate) : certificate);
    }

    /// <inheritdoc/>
    public void Dispose() => Certificate.Dispose();

    private static bool NeedsPfx => OperatingSystem.IsWindows() || OperatingSystem.IsMacOS();

    /// <summary>SChannel and Secure Transport take no key that lives in this process only; a PFX import gives it a home.</summary>
    private static X509Certificate2 ThroughPfx(X509Certificate2 certificate)
    {
        using (certificate)
        {
            return X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), password: null);
        }
    }
}
