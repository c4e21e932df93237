using System.Net;
using System.Security.Authentication;
using Tore.Mesh.Identity;
using Tore.Mesh.Membership;
using Tore.Mesh.Node;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Tests.Node;

public sealed class MeshNodeOptionsTests
{
    [Fact]
    public void Problems_Defaults_AreNone() => Assert.Empty(new MeshNodeOptions().Problems());

    [Theory]
    [InlineData("0.0.0.0:7601", false)]
    [InlineData("[::]:7601", false)]
    [InlineData("192.0.2.7:7601", false)]
    [InlineData("[fe80::1%2]:7601", false)]
    [InlineData("127.0.0.1:0", true)]
    [InlineData("127.8.9.1:7601", true)]
    [InlineData("[::1]:7601", true)]
    public void Problems_ListenWithoutOpen_OnlyLoopbackPasses(string listen, bool passes)
    {
        var options = new MeshNodeOptions { Listen = IPEndPoint.Parse(listen) };
        Assert.Equal(passes, options.Problems().Count == 0);
        Assert.Empty((options with { Open = true }).Problems());
        Assert.Empty((options with { Mesh = "lab" }).Problems());
        Assert.Empty((options with { Invite = new Invite(MeshSecret.Create("lab"), []) }).Problems());
        if (!passes)
        {
            ToreException error = Assert.Throws<ToreException>(options.ThrowIfInvalid);
            Assert.Equal(ErrorCodes.NotLoopback, error.Code);
            Assert.All(new[] { "--mesh", "--join", "--open" }, choice => Assert.Contains(choice, error.Message));
        }
    }

    [Theory]
    [InlineData("192.0.2.7:7601", ErrorCodes.NotLoopback)]
    [InlineData("host.example:7601", ErrorCodes.NotLoopback)]
    [InlineData("localhost:7601", null)]
    [InlineData("localhost", ErrorCodes.InvalidRequest)]
    public void Problems_SeedWithoutOpen_StaysOnThisMachine(string seed, string? code) =>
        Assert.Equal(code, new MeshNodeOptions { Seeds = [seed] }.Problems().Select(p => p.Code).FirstOrDefault());

    [Fact]
    public void Problems_SeveralMeshesOrABadName_AreRefused()
    {
        Assert.Contains("one of", Assert.Single(new MeshNodeOptions { Open = true, Mesh = "lab" }.Problems()).Message);
        Assert.Equal(ErrorCodes.InvalidRequest, Assert.Single(new MeshNodeOptions { Mesh = "local" }.Problems()).Code);
        var node = new NodeId(Guid.NewGuid());
        Assert.Contains("--ban", Assert.Single(new MeshNodeOptions { Allow = [node], Ban = [node] }.Problems()).Message);
    }

    [Fact]
    public void ThrowIfInvalid_SeveralMistakes_NamesThemAll()
    {
        var options = new MeshNodeOptions
        {
            Slots = 0,
            Threads = 0,
            ContextLength = 0,
            MemoryBytes = -1,
            Seeds = ["nowhere"],
            TlsMin = SslProtocols.None,
            Models = [new ModelSource("")],
        };
        ToreException error = Assert.Throws<ToreException>(options.ThrowIfInvalid);
        Assert.Equal(7, options.Problems().Count);
        Assert.All(new[] { "--slots", "--threads", "--context", "--memory", "--seed", "--tls-min", "--model" },
            name => Assert.Contains(name, error.Message));
    }
}
