using System.Net;
using System.Net.Sockets;
using Tore.Mesh.Membership.Mdns;
using Tore.Mesh.Primitives;
using Tore.Mesh.Transport;

namespace Tore.Mesh.Tests.Membership.Mdns;

/// <summary>The parts of the shell that decide: which links there are, who may speak how often, who is found on all links.</summary>
public sealed class MdnsShellPartsTests
{
    private static readonly IPAddress V4 = IPAddress.Parse("192.0.2.7"), V6 = IPAddress.Parse("2001:db8::7");
    private static readonly IPAddress Local = IPAddress.Parse("fe80::7%3");

    private static readonly NetworkFacts[] Networks =
    [
        new(1, true, [(IPAddress.Loopback, 8), (IPAddress.IPv6Loopback, 128)]),
        new(3, false, [(V4, 24), (V6, 64), (Local, 64)]),
        new(4, false, [(IPAddress.Parse("fe80::8%4"), 64)]),
        new(5, false, []),
    ];

    private readonly Recorder _heard = new();

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1:127.0.0.1")]
    [InlineData("::1", "127.0.0.1:::1")]
    [InlineData("0.0.0.0", "127.0.0.1:127.0.0.1 192.0.2.7:192.0.2.7 fe80::7%3:192.0.2.7")]
    [InlineData("::", "127.0.0.1:127.0.0.1 192.0.2.7:192.0.2.7,2001:db8::7,fe80::7%3 fe80::7%3:192.0.2.7,2001:db8::7,fe80::7%3 "
        + "fe80::8%4:fe80::8%4")]
    [InlineData("192.0.2.7", "192.0.2.7:192.0.2.7 fe80::7%3:192.0.2.7")]
    [InlineData("fe80::8%4", "fe80::8%4:fe80::8%4")]
    [InlineData("fe80::8%3", "")]
    [InlineData("203.0.113.1", "")]
    public void For_ListeningAddress_GivesItsLinksWithTheAddressesOfEach(string listened, string links)
    {
        IReadOnlyList<MdnsInterface> found = MdnsInterface.For(IPAddress.Parse(listened), Networks);
        Assert.Equal(links, string.Join(' ', found.Select(l => $"{l.Local}:{string.Join(',', l.Announced)}")));
        Assert.All(found, l => Assert.Equal(l.Local.Equals(IPAddress.Loopback), l.IsLoopback));
    }

    [Theory]
    [InlineData("192.0.2.200", true)]
    [InlineData("192.0.3.1", false)]
    [InlineData("2001:db8::1", false)]
    public void IsOnLink_V4_IsTheSubnet(string address, bool expected) =>
        Assert.Equal(expected, MdnsInterface.For(V4, Networks)[0].IsOnLink(IPAddress.Parse(address)));

    [Theory]
    [InlineData("2001:db8::ffff", true)]
    [InlineData("2001:db8:0:1::1", false)]
    [InlineData("fe80::99%3", true)]
    [InlineData("192.0.2.200", false)]
    public void IsOnLink_V6_IsTheSubnetsAndLinkLocal(string address, bool expected) =>
        Assert.Equal(expected, MdnsInterface.For(V4, Networks)[1].IsOnLink(IPAddress.Parse(address)));

    [Fact]
    public void IsOnLink_OddPrefix_ComparesItsBits()
    {
        var link = new MdnsInterface(3, V4, false, [V4], [(IPAddress.Parse("10.1.16.1"), 20)]);
        Assert.True(link.IsOnLink(IPAddress.Parse("10.1.31.255")));
        Assert.False(link.IsOnLink(IPAddress.Parse("10.1.32.0")));
    }

    [Fact]
    public void Allows_Flood_IsCutAndOthersAreHeard()
    {
        var throttle = new MdnsThrottle(Limits.MdnsPacketsPerSecond);
        int passed = 0;
        for (int i = 0; i < 10_000; i++)
        {
            passed += throttle.Allows(V4, TimeSpan.FromMilliseconds(i / 10.0)) ? 1 : 0;
        }
        Assert.InRange(passed, 2 * Limits.MdnsPacketsPerSecond, (3 * Limits.MdnsPacketsPerSecond) + 1);
        Assert.True(throttle.Allows(IPAddress.Loopback, TimeSpan.FromSeconds(1)));
    }

    [Fact]
    public void Allows_FloodOfForgedAddresses_SharesOneCountAndIsForgotten()
    {
        var throttle = new MdnsThrottle(Limits.MdnsPacketsPerSecond);
        Assert.True(throttle.Allows(V4, TimeSpan.Zero));
        int passed = 0;
        for (int i = 0; i < 10_000; i++)
        {
            passed += throttle.Allows(TestNodes.Address(i), TimeSpan.Zero) ? 1 : 0;
        }
        Assert.Equal(Limits.MdnsSources - 1 + (2 * Limits.MdnsPacketsPerSecond), passed);
        Assert.True(throttle.Allows(V4, TimeSpan.Zero));
        // Quiet again: the forged ones are forgotten, a new one gets a count of its own.
        Assert.All(Enumerable.Range(0, 2 * Limits.MdnsPacketsPerSecond),
            _ => Assert.True(throttle.Allows(IPAddress.Loopback, TimeSpan.FromSeconds(5))));
    }

    [Fact]
    public void Sightings_NodeOnTwoLinks_IsLostWhenItIsGoneFromBoth()
    {
        MdnsSightings sightings = Sightings();
        object wired = new(), wireless = new();
        DnsName name = MdnsRecords.InstanceOf(TestNodes.Id(9));
        sightings.Found(wired, name, TestNodes.Of(9));
        sightings.Found(wireless, name, TestNodes.Of(9, V6));
        sightings.Lost(wired, name);
        Assert.Equal(["found 9", "found 9"], _heard.Lines);
        sightings.Lost(wireless);
        Assert.Equal("lost 9", _heard.Lines[^1]);
        sightings.Lost(wireless, name);
        Assert.Equal(3, _heard.Lines.Count);
    }

    [Fact]
    public void Sightings_NodesOfOthers_AreToldApart()
    {
        MdnsSightings sightings = Sightings();
        object link = new();
        DnsName name = MdnsRecords.InstanceOf(TestNodes.Id(9));
        sightings.Found(link, name, TestNodes.Of(9) with { Mesh = "ffffffffffffffff" });
        sightings.Found(link, name, TestNodes.Of(9) with { Wire = new WireVersions(2, 3) });
        sightings.Found(link, name, TestNodes.Of(9) with { Wire = new WireVersions(1, 3) });
        sightings.Found(link, name, TestNodes.Of(9) with { Port = 5 });
        sightings.Found(link, name, TestNodes.Of(8));
        sightings.Lost(link);
        Assert.Equal(
            ["other 9 Mesh", "other 9 WireVersion", "lost other 9", "found 9", "found 9", "lost 9", "found 8", "lost 8"], _heard.Lines);
    }

    private MdnsSightings Sightings() => new(TestNodes.Of(1), _heard);

    private sealed class Recorder : IMdnsListener
    {
        public List<string> Lines { get; } = [];

        public void Found(MdnsNode node) => Lines.Add($"found {Number(node.Node)}");

        public void Lost(NodeId node) => Lines.Add($"lost {Number(node)}");

        public void FoundOther(MdnsNode node, MdnsDifference difference) => Lines.Add($"other {Number(node.Node)} {difference}");

        public void LostOther(NodeId node) => Lines.Add($"lost other {Number(node)}");

        private static string Number(NodeId node) => node.ToString()[7..8];
    }
}
