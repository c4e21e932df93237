using System.Net.Security;
using System.Security.Authentication;
using Tore.Mesh.Primitives;
using Tore.Mesh.Transport;

namespace Tore.Mesh.Tests.Transport;

/// <summary>The check after the handshake, for platforms that allow more than they were asked to.</summary>
public sealed class TlsPolicyTests
{
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
}
