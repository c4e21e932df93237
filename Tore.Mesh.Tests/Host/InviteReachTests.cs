using System.Net;
using Tore.Mesh.Host.Cli;
using Tore.Mesh.Host.Doctor;
using Tore.Mesh.Identity;
using Tore.Mesh.Membership;
using Tore.Mesh.Primitives;
using Tore.Mesh.Storage;

namespace Tore.Mesh.Tests.Host;

public sealed class InviteReachTests
{
    private static readonly MeshSecret Lab = MeshSecret.Create("lab");

    private static readonly OwnInterface[] Machine =
    [
        new("lo", IPAddress.Loopback, 8), new("eth0", IPAddress.Parse("192.0.2.5"), 24), new("eth0", IPAddress.Parse("fe80::1%2"), 64),
        new("eth0", IPAddress.Parse("2001:db8::5"), 64),
    ];

    [Fact]
    public void Of_AddressesAskedFor_AreThose()
    {
        InviteReach reach = InviteReach.Of([new PeerAddress("h", 1)], Node("lab", Lab.Id, "192.0.2.5:7601"), Lab, Machine);
        Assert.Equal(["h:1"], Shown(reach));
        Assert.Null(reach.Note);
        Assert.Throws<ToreException>(() => InviteReach.Of(
            [.. Enumerable.Range(1, Limits.InviteAddresses + 1).Select(port => new PeerAddress("h", port))], null, Lab, Machine));
    }

    [Fact]
    public void Of_RunningNodeOfTheMesh_AreItsAddressesThatOthersCanDial()
    {
        InviteReach reach = InviteReach.Of([], Node("lab", Lab.Id, "127.0.0.1:9", "192.0.2.5:7700"), Lab, Machine);
        Assert.Equal(["192.0.2.5:7700"], Shown(reach));
        Assert.Null(reach.Note);
        reach = InviteReach.Of([], Node("lab", Lab.Id, "127.0.0.1:7601"), Lab, Machine);
        Assert.Equal(["127.0.0.1:7601"], Shown(reach));
        Assert.Contains("this machine only", reach.Note, StringComparison.Ordinal);
        reach = InviteReach.Of([], Node("lab", MeshSecret.Create("lab").Id, "192.0.2.5:7700"), Lab, Machine);
        Assert.Equal(["192.0.2.5:7700"], Shown(reach));
        Assert.Contains("restart", reach.Note, StringComparison.Ordinal);
    }

    [Fact]
    public void Of_NoNodeOfTheMesh_AreThisMachinesWithTheDefaultPortOrAskedFor()
    {
        foreach (NodeAddresses? other in (NodeAddresses?[])[null, Node("open", MeshSecret.Open.Id, "192.0.2.5:7700")])
        {
            InviteReach reach = InviteReach.Of([], other, Lab, Machine);
            Assert.Equal(["192.0.2.5:7601", "[2001:db8::5]:7601"], Shown(reach));
            Assert.Contains("tore up --mesh lab", reach.Note, StringComparison.Ordinal);
        }
        ToreException error = Assert.Throws<ToreException>(() => InviteReach.Of([], null, Lab, [Machine[0]]));
        Assert.Contains("--address", error.Message, StringComparison.Ordinal);
    }

    private static string[] Shown(InviteReach reach) => [.. reach.Addresses.Select(a => a.ToString())];

    private static NodeAddresses Node(string mesh, MeshId id, params string[] listen) =>
        new() { ProcessId = 1, NodeId = "", Listen = listen, Mesh = mesh, MeshId = id.ToString() };
}
