using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Host.Hosting;

/// <summary>The certificate of the HTTP interface off loopback: the operator's own, else the node's.</summary>
internal static class HttpCertificates
{
    /// <summary>Reads a certificate and its key, both PEM; <c>file_not_readable</c> or <c>invalid_request</c>.</summary>
    public static X509Certificate2 Load(string certificatePath, string keyPath)
    {
        try
        {
            using X509Certificate2 pem = X509Certificate2.CreateFromPemFile(certificatePath, keyPath);
            return Usable(pem);
        }
        catch (CryptographicException error)
        {
            throw new ToreException(
                ErrorCodes.InvalidRequest,
                    $"--https-cert '{certificatePath}' and --https-key '{keyPath}' are no certificate and its key in PEM: "
                        + $"{error.Message}", error);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ToreException(ErrorCodes.FileNotReadable, $"The certificate cannot be read: {error.Message}", error);
        }
    }

    /// <summary>SHA-256 of the certificate, as people compare it.</summary>
    public static string Fingerprint(X509Certificate2 certificate) => "sha256:"
        + Convert.ToHexStringLower(SHA256.HashData(certificate.RawData));

    /// <summary>Windows and macOS serve TLS only with keys that came through PFX.</summary>
    private static X509Certificate2 Usable(X509Certificate2 certificate) =>
        X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pfx), null);
}
