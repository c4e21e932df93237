using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Identity;

/// <summary>
/// What a peer's certificate must be: exactly one, with a P-256 key on its named curve, signed by that key with SHA-256, naming no
/// address from which software might fetch something. Dates, names and issuers are not judged: the id is computed from the key, and
/// offline networks have wrong clocks.
/// </summary>
public static class PeerCertificate
{
    private const string EcdsaWithSha256 = "1.2.840.10045.4.3.2";

    /// <summary>A certificate such as <see cref="NodeCertificate"/> makes has some 500 bytes.</summary>
    private const int CertificateBytes = 8 * 1024;

    /// <summary>RFC 5280, 4.2.1.13, 4.2.1.15, 4.2.2: extensions that say where to get issuers, revocations and the like.</summary>
    private static readonly string[] Addresses =
    [
        "2.5.29.31", // CRL distribution points
        "2.5.29.46", // freshest CRL
        "1.3.6.1.5.5.7.1.1", // authority information access: OCSP, issuers
        "1.3.6.1.5.5.7.1.11", // subject information access
    ];

    /// <summary>Checks what the peer presented and gives its identity; throws <c>peer_certificate</c> with the reason.</summary>
    /// <param name="certificate">The leaf, or null when the peer showed none.</param>
    /// <param name="others">Further certificates that came with it (the leaf itself may be among them).</param>
    public static LinkIdentity Check(X509Certificate2? certificate, X509Certificate2Collection? others)
    {
        if (certificate is null)
        {
            throw Refused("showed no certificate");
        }
        ReadOnlyMemory<byte> encoded = certificate.RawDataMemory;
        if (encoded.Length > CertificateBytes)
        {
            throw Refused($"showed a certificate of {encoded.Length} bytes; at most {CertificateBytes} are read");
        }
        foreach (X509Certificate2 other in others ?? [])
        {
            if (!other.RawDataMemory.Span.SequenceEqual(encoded.Span))
            {
                throw Refused("showed more than one certificate");
            }
        }
        if (certificate.Extensions.Any(extension => Addresses.Contains(extension.Oid?.Value)))
        {
            throw Refused("showed a certificate that names addresses to fetch things from");
        }
        if (!LinkIdentity.TryCreate(certificate.PublicKey.ExportSubjectPublicKeyInfo(), out LinkIdentity? identity))
        {
            throw Refused("showed a certificate whose key is not ECDSA on the named curve P-256");
        }
        if (!IsSignedBy(encoded, identity!))
        {
            throw Refused("showed a certificate that its own key did not sign");
        }
        return identity!;
    }

    private static bool IsSignedBy(ReadOnlyMemory<byte> encoded, LinkIdentity identity)
    {
        try
        {
            // RFC 5280, 4.1: Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm, signatureValue BIT STRING }
            AsnReader fields = new AsnReader(encoded, AsnEncodingRules.DER).ReadSequence();
            ReadOnlyMemory<byte> signedPart = fields.ReadEncodedValue();
            string algorithm = fields.ReadSequence().ReadObjectIdentifier();
            byte[] signature = fields.ReadBitString(out int unusedBits);
            using ECDsa key = ECDsa.Create();
            key.ImportSubjectPublicKeyInfo(identity.PublicKey, out _);
            return algorithm == EcdsaWithSha256 && unusedBits == 0
                && key.VerifyData(signedPart.Span, signature, HashAlgorithmName.SHA256, DSASignatureFormat.Rfc3279DerSequence);
        }
        catch (Exception failure) when (failure is AsnContentException or CryptographicException)
        {
            return false;
        }
    }

    private static ToreException Refused(string reason) =>
        new(ErrorCodes.PeerCertificate, $"The peer {reason}. It is no tore node, or a broken one; the link was refused.");
}
