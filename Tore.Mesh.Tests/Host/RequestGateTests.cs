using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using Tore.Mesh.Host.Hosting;
using Tore.Mesh.Primitives;
using Tore.Mesh.Tests.Support;

namespace Tore.Mesh.Tests.Host;

/// <summary>Who may call, and with what.</summary>
public sealed class RequestGateTests
{
    [Theory]
    [InlineData("localhost", 200)]
    [InlineData("LOCALHOST:1234", 200)]
    [InlineData("127.0.0.1", 200)]
    [InlineData("[::1]:80", 200)]
    [InlineData("evil.example", 403)]
    [InlineData("localhost.evil.example", 403)]
    [InlineData("192.168.1.5", 403)]
    public async Task Check_HostHeader_MustNameThisMachine(string host, int status)
    {
        await using ApiFixture api = await ApiFixture.StartAsync(new ScriptedProvider());
        using var request = new HttpRequestMessage(HttpMethod.Get, "/health") { Headers = { Host = host } };
        using HttpResponseMessage answer = await api.Client.SendAsync(request);
        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Theory]
    [InlineData("http://evil.example", 403)]
    [InlineData("null", 403)]
    [InlineData("http://localhost:1", 403)]
    [InlineData("https://127.0.0.1:{port}", 403)]
    [InlineData("http://127.0.0.1:{port}", 200)]
    public async Task Check_Origin_MustBeOurs(string origin, int status)
    {
        await using ApiFixture api = await ApiFixture.StartAsync(new ScriptedProvider());
        using var request = new HttpRequestMessage(HttpMethod.Get, "/health");
        request.Headers.TryAddWithoutValidation("Origin", origin.Replace("{port}", $"{api.Port}", StringComparison.Ordinal));
        using HttpResponseMessage answer = await api.Client.SendAsync(request);
        Assert.Equal(status, (int)answer.StatusCode);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/x-www-form-urlencoded")]
    [InlineData("application/json; charset=iso-8859-1")]
    public async Task Check_BodyThatIsNotJson_Is415(string type)
    {
        await using ApiFixture api = await ApiFixture.StartAsync(new ScriptedProvider());
        using var content = new ByteArrayContent(Encoding.ASCII.GetBytes("""{"model":"script/one","prompt":"p"}"""));
        content.Headers.TryAddWithoutValidation("Content-Type", type);
        using HttpResponseMessage answer = await api.Client.PostAsync("/v1/completions", content);
        Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.StatusCode);
        Assert.Equal("unsupported_media_type", (string?)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["error"]!["code"]);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Check_BodyTooLarge_Is413(bool chunked)
    {
        await using ApiFixture api = await ApiFixture.StartAsync(new ScriptedProvider());
        string body = $$"""{"model_id":"script/one","prompt":"{{new string('x', Limits.HttpBodyBytes)}}"}""";
        using var request = new HttpRequestMessage(
            HttpMethod.Post, "/inference/generate")
        { Content = new StringContent(body, null, "application/json") };
        request.Headers.TransferEncodingChunked = chunked;
        // A length that is told is refused before the body: whoever does not wait for the answer may find the connection closed.
        request.Headers.ExpectContinue = !chunked;
        using HttpResponseMessage answer = await api.Client.SendAsync(request);
        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.Equal("payload_too_large", (string?)JsonNode.Parse(await answer.Content.ReadAsStringAsync())!["code"]);
    }

    [Fact]
    public async Task Check_KeyConfigured_IsWantedOnEveryRoute()
    {
        var options = new HttpOptions { Endpoint = new IPEndPoint(IPAddress.Loopback, 0), ApiKey = "open sesame" };
        await using ApiFixture api = await ApiFixture.StartAsync(new ScriptedProvider(), options);
        using HttpResponseMessage without = await api.Client.GetAsync("/v1/models");
        Assert.Equal(HttpStatusCode.Unauthorized, without.StatusCode);
        using var wrong = new HttpRequestMessage(HttpMethod.Get, "/v1/models") { Headers = { { "Authorization", "Bearer open" } } };
        using HttpResponseMessage refused = await api.Client.SendAsync(wrong);
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        using var right = new HttpRequestMessage(HttpMethod.Get, "/v1/models") { Headers = { { "Authorization", "Bearer open sesame" } } };
        using HttpResponseMessage passed = await api.Client.SendAsync(right);
        Assert.Equal(HttpStatusCode.OK, passed.StatusCode);
    }

    [Fact]
    public async Task Check_Draining_RefusesWorkButTellsItsHealth()
    {
        await using ApiFixture api = await ApiFixture.StartAsync(new ScriptedProvider("x"), isDraining: () => true);
        (HttpStatusCode status, JsonNode body) = await api.PostAsync("/inference/generate", new { model_id = "script/one", prompt = "p" });
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Equal("draining", (string?)body["code"]);
        (status, body) = await api.GetAsync("/health");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Equal("draining", (string?)body["status"]);
    }

    [Theory]
    [InlineData("GET", "/nowhere", 404)]
    [InlineData("GET", "/inference/generate", 405)]
    [InlineData("DELETE", "/v1/models", 405)]
    public async Task Serve_NoSuchRoute_IsAClearError(string method, string path, int status)
    {
        await using ApiFixture api = await ApiFixture.StartAsync(new ScriptedProvider());
        using var request = new HttpRequestMessage(new HttpMethod(method), path);
        using HttpResponseMessage answer = await api.Client.SendAsync(request);
        Assert.Equal(status, (int)answer.StatusCode);
        Assert.Contains("not_found", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bind_PortAskedForIsTaken_IsPortInUse()
    {
        await using ApiFixture api = await ApiFixture.StartAsync(new ScriptedProvider());
        ToreException error = Assert.Throws<ToreException>(() => HttpListenSocket.Bind(new IPEndPoint(IPAddress.Loopback, api.Port)));
        Assert.Equal(ErrorCodes.PortInUse, error.Code);
    }

    [Fact]
    public void Bind_DefaultPortIsTaken_TakesTheNextFreeOne()
    {
        using Socket first = HttpListenSocket.Bind(null);
        using Socket second = HttpListenSocket.Bind(null);
        int a = ((IPEndPoint)first.LocalEndPoint!).Port, b = ((IPEndPoint)second.LocalEndPoint!).Port;
        Assert.InRange(a, HttpOptions.DefaultPort, HttpOptions.DefaultPort + HttpOptions.PortsTried - 1);
        Assert.InRange(b, HttpOptions.DefaultPort, HttpOptions.DefaultPort + HttpOptions.PortsTried - 1);
        Assert.NotEqual(a, b);
    }

    [Theory]
    [InlineData("0.0.0.0:0", null, false)]
    [InlineData("0.0.0.0:0", "key", true)]
    [InlineData("[::]:0", null, false)]
    [InlineData("[::1]:0", null, true)]
    public void ThrowIfInvalid_OffLoopback_NeedsAKey(string endpoint, string? key, bool valid)
    {
        var options = new HttpOptions { Endpoint = IPEndPoint.Parse(endpoint), ApiKey = key };
        Exception? error = Record.Exception(options.ThrowIfInvalid);
        Assert.Equal(valid ? null : ErrorCodes.NotLoopback, (error as ToreException)?.Code);
    }

    [Fact]
    public async Task Start_WithCertificate_SpeaksHttps()
    {
        using ECDsa key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=tore", key, HashAlgorithmName.SHA256);
        using X509Certificate2 made = request.CreateSelfSigned(
            DateTimeOffset.UnixEpoch.AddYears(30), DateTimeOffset.UnixEpoch.AddYears(8000));
        var options = new HttpOptions { Endpoint = new IPEndPoint(IPAddress.Loopback, 0), Certificate = made };
        await using ApiFixture api = await ApiFixture.StartAsync(new ScriptedProvider("secret"), options);
        Assert.StartsWith("https://", api.Url, StringComparison.Ordinal);
        (HttpStatusCode status, _) = await api.GetAsync("/health");
        Assert.Equal(HttpStatusCode.OK, status);
    }
}
