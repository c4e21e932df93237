using Tore.Mesh.Tests.Support;

namespace Tore.Mesh.Tests.EndToEnd;

/// <summary>Real <c>tore up</c> processes on two machines that find each other by mDNS over IPv6 link-local addresses alone.</summary>
public sealed class DiscoveryTests
{
    private static readonly string[] Everywhere = ["--open", "--listen", "[::]:0"];

    [Fact(Timeout = 180_000)]
    public async Task Up_OnTwoMachinesWithLinkLocalAddressesOnly_FindEachOther()
    {
        using PrivateNetwork left = PrivateNetwork.Create(), right = PrivateNetwork.Create();
        await left.ConnectAsync(right);
        using var folder = new TemporaryFolder();
        await using UpNode first = await UpNode.StartAsync(left, folder.PathOf("a"), Everywhere);
        await using UpNode second = await UpNode.StartAsync(right, folder.PathOf("b"), Everywhere);
        await using UpNode third = await UpNode.StartAsync(right, folder.PathOf("c"), Everywhere);
        await AssertAllKnowAllAsync(first, second, third);
        Assert.Contains("[fe80::", (string?)(await first.MemberAsync(second.Id))!["link_address"], StringComparison.Ordinal);
    }

    [Fact(Timeout = 180_000)]
    public async Task Up_CableIsPluggedInLater_NodesFindEachOtherThen()
    {
        using PrivateNetwork left = PrivateNetwork.Create(), right = PrivateNetwork.Create();
        using var folder = new TemporaryFolder();
        await using UpNode first = await UpNode.StartAsync(left, folder.PathOf("a"), Everywhere);
        await using UpNode second = await UpNode.StartAsync(right, folder.PathOf("b"), Everywhere);
        Assert.Null(await first.MemberAsync(second.Id));
        await left.ConnectAsync(right);
        await AssertAllKnowAllAsync(first, second);
    }

    private static async Task AssertAllKnowAllAsync(params UpNode[] nodes)
    {
        foreach (UpNode node in nodes)
        {
            foreach (UpNode other in nodes.Where(n => n != node))
            {
                await node.WaitForStateAsync(other, "alive");
            }
        }
    }
}
