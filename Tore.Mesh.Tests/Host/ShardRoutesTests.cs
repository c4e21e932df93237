using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;
using Tore.Mesh.Host.Api;
using Tore.Mesh.Primitives;
using Tore.Mesh.Tests.Support;

namespace Tore.Mesh.Tests.Host;

public sealed class ShardRoutesTests
{
    [Theory]
    [InlineData("127.0.0.1", false, true)]
    [InlineData("::ffff:127.0.0.1", false, true)]
    [InlineData("192.0.2.7", false, false)]
    [InlineData("192.0.2.7", true, true)]
    public async Task RequireMember_OffLoopback_WantsAMembersCertificate(string remote, bool isMember, bool passes)
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=node", key, HashAlgorithmName.SHA256);
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(1000));
        var id = NodeId.FromPublicKey(certificate.PublicKey.ExportSubjectPublicKeyInfo());
        await using ApiFixture api = await ApiFixture.StartAsync(new ScriptedProvider());
        ApiContext context = api.Api with { Status = () => api.Api.Status() with { NodeId = isMember ? id : ScriptedProvider.Node } };
        var http = new DefaultHttpContext();
        http.Connection.RemoteIpAddress = IPAddress.Parse(remote);
        http.Connection.ClientCertificate = certificate;
        Exception? error = Record.Exception(() => ShardRoutes.RequireMember(http, context));
        Assert.Equal(passes ? null : 403, (error as ApiException)?.Status);
    }
}
