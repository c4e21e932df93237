using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Tore.Mesh.Tests.Transport.Hostile;

/// <summary>Certificates that no node makes, each with its private key.</summary>
internal static class HostileCertificates
{
    private static readonly DateTimeOffset From = new(2000, 1, 1, 0, 0, 0, TimeSpan.Zero);
    private static readonly DateTimeOffset Until = new(2100, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>A certificate as a node's own in all that counts.</summary>
    public static X509Certificate2 Good() => Of(ECCurve.NamedCurves.nistP256);

    public static X509Certificate2 Rsa()
    {
        using RSA key = RSA.Create(2048);
        return new CertificateRequest("CN=x", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(From, Until);
    }

    public static X509Certificate2 P384() => Of(ECCurve.NamedCurves.nistP384);

    public static X509Certificate2 SignedWithSha512()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return new CertificateRequest("CN=x", key, HashAlgorithmName.SHA512).CreateSelfSigned(From, Until);
    }

    /// <summary>P-256 by its name, but with the point in its short form.</summary>
    public static X509Certificate2 CompressedPoint()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        ECPoint point = key.ExportParameters(false).Q;
        byte[] compressed = [(byte)(2 + (point.Y![^1] & 1)), .. point.X!];
        var curve = new AsnWriter(AsnEncodingRules.DER);
        curve.WriteObjectIdentifier("1.2.840.10045.3.1.7");
        var publicKey = new PublicKey(
            new Oid("1.2.840.10045.2.1"), new AsnEncodedData(curve.Encode()), new AsnEncodedData(compressed));
        var name = new X500DistinguishedName("CN=x");
        using X509Certificate2 unkeyed = new CertificateRequest(name, publicKey, HashAlgorithmName.SHA256)
            .Create(name, X509SignatureGenerator.CreateForECDsa(key), From, Until, [1]);
        return unkeyed.CopyWithPrivateKey(key);
    }

    /// <summary>Its own signature, with the last bit wrong.</summary>
    public static X509Certificate2 BadSelfSignature()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 good = new CertificateRequest("CN=x", key, HashAlgorithmName.SHA256).CreateSelfSigned(From, Until);
        byte[] encoded = good.RawData;
        encoded[^1] ^= 1;
        using X509Certificate2 bad = X509CertificateLoader.LoadCertificate(encoded);
        return bad.CopyWithPrivateKey(key);
    }

    /// <summary>A good one of 9 KiB and more, by an extension that nobody reads.</summary>
    public static X509Certificate2 Huge() => Of(
        ECCurve.NamedCurves.nistP256, new X509Extension(new Oid("1.3.6.1.4.1.99999.1"), new byte[9 * 1024], critical: false));

    /// <summary>A good one that names addresses from which software may fetch things.</summary>
    public static X509Certificate2 NamingUrls(string url) => Of(ECCurve.NamedCurves.nistP256, Urls(url));

    /// <summary>One whose issuer, list of revocations and status are to be had from addresses that it names.</summary>
    public static X509Certificate2 IssuedNamingUrls(string url) => Issued(Urls(url)).Leaf;

    public static X509Certificate2 SignedByAnother() => Issued([]).Leaf;

    /// <summary>A leaf, and above it an authority in the middle that a TLS stack sends along with it.</summary>
    public static (X509Certificate2 Leaf, X509Certificate2Collection Above) Two() => Issued([]);

    private static X509Certificate2 Of(ECCurve curve, params X509Extension[] extensions)
    {
        using ECDsa key = ECDsa.Create(curve);
        var request = new CertificateRequest("CN=x", key, HashAlgorithmName.SHA256);
        Array.ForEach(extensions, request.CertificateExtensions.Add);
        return request.CreateSelfSigned(From, Until);
    }

    private static X509Extension[] Urls(string url) =>
    [
        new X509AuthorityInformationAccessExtension([url + "ocsp"], [url + "issuer"]),
        CertificateRevocationListBuilder.BuildCrlDistributionPointExtension([url + "crl"]),
    ];

    private static (X509Certificate2 Leaf, X509Certificate2Collection Above) Issued(X509Extension[] extensions)
    {
        using ECDsa rootKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using ECDsa middleKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using ECDsa leafKey = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var middleRequest = new CertificateRequest("CN=middle", middleKey, HashAlgorithmName.SHA256);
        middleRequest.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, critical: true));
        X509Certificate2 middle = middleRequest.Create(
            new X500DistinguishedName("CN=root"), X509SignatureGenerator.CreateForECDsa(rootKey), From, Until, [1]);
        var leafRequest = new CertificateRequest("CN=leaf", leafKey, HashAlgorithmName.SHA256);
        Array.ForEach(extensions, leafRequest.CertificateExtensions.Add);
        using X509Certificate2 unkeyed = leafRequest.Create(
            new X500DistinguishedName("CN=middle"), X509SignatureGenerator.CreateForECDsa(middleKey), From, Until, [2]);
        return (unkeyed.CopyWithPrivateKey(leafKey), [middle]);
    }
}
