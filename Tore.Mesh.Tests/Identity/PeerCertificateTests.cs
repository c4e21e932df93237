using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Tore.Mesh.Identity;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Tests.Identity;

public sealed class PeerCertificateTests
{
    [Fact]
    public void Check_NodeCertificate_GivesTheKeysId()
    {
        using NodeKey key = NodeKey.Create();
        using NodeCertificate certificate = NodeCertificate.Create(key);
        using X509Certificate2 seen = X509CertificateLoader.LoadCertificate(certificate.Certificate.RawData);

        Assert.Equal(key.Id, PeerCertificate.Check(seen, [seen]).Id);
        Assert.Equal(new DateTime(2000, 1, 1, 0, 0, 0, DateTimeKind.Utc), seen.NotBefore.ToUniversalTime());
        Assert.Equal(new DateTime(9999, 12, 31, 23, 59, 59, DateTimeKind.Utc), seen.NotAfter.ToUniversalTime());
        Assert.Equal(64, certificate.Fingerprint.Length);
    }

    [Fact]
    public void Check_ExpiredCertificate_IsTaken()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 certificate = new CertificateRequest("CN=old", key, HashAlgorithmName.SHA256)
            .CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddDays(1));

        Assert.Equal(NodeId.FromPublicKey(key.ExportSubjectPublicKeyInfo()), PeerCertificate.Check(certificate, null).Id);
    }

    [Fact]
    public void Check_None_IsRefused() =>
        Assert.Equal(ErrorCodes.PeerCertificate, Assert.Throws<ToreException>(() => PeerCertificate.Check(null, null)).Code);

    [Fact]
    public void Check_TwoCertificates_AreRefused()
    {
        using NodeKey key = NodeKey.Create();
        using NodeCertificate first = NodeCertificate.Create(key);
        using NodeCertificate second = NodeCertificate.Create(key);

        AssertRefused(first.Certificate, "more than one", [first.Certificate, second.Certificate]);
    }

    [Fact]
    public void Check_OtherCurve_IsRefused()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        using X509Certificate2 certificate = SelfSigned(new CertificateRequest("CN=x", key, HashAlgorithmName.SHA256));

        AssertRefused(certificate, "P-256");
    }

    [Fact]
    public void Check_Rsa_IsRefused()
    {
        using RSA key = RSA.Create(2048);
        using X509Certificate2 certificate =
            SelfSigned(new CertificateRequest("CN=x", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));

        AssertRefused(certificate, "P-256");
    }

    [Fact]
    public void Check_OtherHash_IsRefused()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 certificate = SelfSigned(new CertificateRequest("CN=x", key, HashAlgorithmName.SHA512));

        AssertRefused(certificate, "did not sign");
    }

    [Fact]
    public void Check_SignedByAnother_IsRefused()
    {
        using ECDsa authority = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        using X509Certificate2 certificate = new CertificateRequest("CN=x", key, HashAlgorithmName.SHA256).Create(
            new X500DistinguishedName("CN=x"), X509SignatureGenerator.CreateForECDsa(authority),
            DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddDays(1), [1]);

        AssertRefused(certificate, "did not sign");
    }

    [Fact]
    public void Check_AnyChangedByte_IsRefusedOrUnreadable()
    {
        using NodeKey key = NodeKey.Create();
        using NodeCertificate certificate = NodeCertificate.Create(key);
        byte[] whole = certificate.Certificate.RawData;
        for (int i = 0; i < whole.Length; i += 3)
        {
            byte[] changed = [.. whole];
            changed[i] ^= 0x10;
            try
            {
                using X509Certificate2 read = X509CertificateLoader.LoadCertificate(changed);
                Assert.Throws<ToreException>(() => PeerCertificate.Check(read, null));
            }
            catch (CryptographicException)
            {
                // The platform's own parser refused it first.
            }
        }
    }

    [Fact]
    public void TryCreate_PointOffTheCurve_IsRefused()
    {
        using NodeKey key = NodeKey.Create();
        byte[] point = key.Identity.PublicKey.ToArray();
        point[^1] ^= 1;

        Assert.False(LinkIdentity.TryCreate(point, out _));
    }

    private static X509Certificate2 SelfSigned(CertificateRequest request) =>
        request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddDays(1));

    private static void AssertRefused(X509Certificate2 certificate, string reason, X509Certificate2Collection? others = null)
    {
        ToreException failure = Assert.Throws<ToreException>(() => PeerCertificate.Check(certificate, others));
        Assert.Equal(ErrorCodes.PeerCertificate, failure.Code);
        Assert.Contains(reason, failure.Message, StringComparison.Ordinal);
    }
}
