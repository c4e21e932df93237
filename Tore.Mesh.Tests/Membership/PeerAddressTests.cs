using System.Net;
using Tore.Mesh.Membership;

namespace Tore.Mesh.Tests.Membership;

public sealed class PeerAddressTests
{
    [Theory]
    [InlineData("127.0.0.1:7601", "127.0.0.1:7601")]
    [InlineData("host.example:1", "host.example:1")]
    [InlineData("[::1]:65535", "[::1]:65535")]
    [InlineData("[fe80::1%3]:7601", "[fe80::1%3]:7601")]
    [InlineData("[::ffff:192.0.2.1]:7601", "192.0.2.1:7601")]
    public void TryParse_Address_PrintsAsItsNormalForm(string text, string expected)
    {
        Assert.True(PeerAddress.TryParse(text, out PeerAddress address));
        Assert.Equal(expected, address.ToString());
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData(":7601")]
    [InlineData("host")]
    [InlineData("host:")]
    [InlineData("host:0")]
    [InlineData("host:65536")]
    [InlineData("host:-1")]
    [InlineData("host:+1")]
    [InlineData("::1:7601")]
    [InlineData("[::1]")]
    [InlineData("[127.0.0.1]:7601")]
    [InlineData("[::1:7601")]
    [InlineData("ho st:7601")]
    [InlineData("http://host:7601")]
    public void TryParse_AnythingElse_IsRefused(string? text) => Assert.False(PeerAddress.TryParse(text, out _));

    [Fact]
    public void From_MappedAddress_IsPlainVersion4() =>
        Assert.Equal("192.0.2.1:80", PeerAddress.From(new IPEndPoint(IPAddress.Parse("::ffff:192.0.2.1"), 80)).ToString());
}
