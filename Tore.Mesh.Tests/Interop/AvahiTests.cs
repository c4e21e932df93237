using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.NetworkInformation;
using Microsoft.Extensions.Logging.Abstractions;
using Tore.Mesh.Membership.Mdns;
using Tore.Mesh.Primitives;
using Tore.Mesh.Tests.Support;
using Tore.Mesh.Transport;

namespace Tore.Mesh.Tests.Interop;

/// <summary>Avahi and our responder see each other, over both address families, on two machines and on one.</summary>
public sealed class AvahiTests : IAsyncLifetime
{
    private static readonly MdnsNode Own = new()
    {
        Node = new NodeId(new Guid("a0000001-0000-8000-8000-000000000001")),
        Port = 7601,
        Addresses = [],
        Mesh = "0123456789abcdef",
        Wire = new WireVersions(1, 1),
    };

    private readonly TemporaryFolder _folder = new();
    private readonly Listener _heard = new();
    private PrivateNetwork? _ours;
    private PrivateNetwork? _theirs;
    private AvahiDaemon? _avahi;

    private AvahiDaemon Avahi => _avahi!;

    private static string Instance => Own.Node.ToString();

    private static string Host => MdnsRecords.HostOf(Own.Node).FirstLabel + ".local";

    public async ValueTask InitializeAsync()
    {
        _ours = PrivateNetwork.Create();
        _theirs = PrivateNetwork.Create();
        await _ours.ConnectAsync(_theirs);
        await _ours.MustAsync("ip", "address", "add", "10.77.0.1/24", "dev", "lan0");
        await _theirs.MustAsync("ip", "address", "add", "10.77.0.2/24", "dev", "lan0");
        await Until.TrueAsync(
            async () => (await _ours.MustAsync("ip", "-6", "address", "show", "dev", "lan0", "tentative")).Trim() == "",
            "the interface to have its IPv6 address");
        _avahi = await AvahiDaemon.StartAsync(_theirs, _folder);
    }

    public async ValueTask DisposeAsync()
    {
        if (_avahi is not null)
        {
            await _avahi.DisposeAsync();
        }
        _ours?.Dispose();
        _theirs?.Dispose();
        _folder.Dispose();
    }

    [Fact(Timeout = 120_000)]
    public async Task Browse_OurService_IsResolvedWithTextPortAndAddressesAndGoneAfterGoodbye()
    {
        Process browse = Avahi.Start("avahi-browse", "--parsable", "_tore._tcp");
        MdnsResponder responder = Start(_ours!);
        IReadOnlyList<string[]> found = await FindAsync(l => l.Count == 2);
        foreach (string[] line in found)
        {
            Assert.Equal((Instance, Host, "7601"), (line[3], line[6], line[8]));
            Assert.Equal($"\"wire=1\" \"mesh={Own.Mesh}\" \"id={Own.Node}\" \"txtvers=1\"", line[9]);
            Assert.True(line[7] == "10.77.0.1" || line[7].StartsWith("fe80::", StringComparison.Ordinal), line[7]);
        }
        Assert.Equal(["IPv4", "IPv6"], found.Select(l => l[2]).Order());
        Assert.Contains("10.77.0.1", await Avahi.MustAsync("avahi-resolve", "-4", "-n", Host), StringComparison.Ordinal);
        Assert.Contains("fe80::", await Avahi.MustAsync("avahi-resolve", "-6", "-n", Host), StringComparison.Ordinal);
        await responder.DisposeAsync();
        foreach (string family in (string[])["IPv4", "IPv6"])
        {
            await AvahiDaemon.LineAsync(browse.StandardOutput, l => l.StartsWith("-;lan0;", StringComparison.Ordinal),
                $"a goodbye, as on {family}");
        }
    }

    [Fact(Timeout = 120_000)]
    public async Task BrowseAllTypes_OurService_IsAmongThem()
    {
        await using MdnsResponder responder = Start(_ours!);
        await Until.TrueAsync(
            async () => (await Avahi.MustAsync("avahi-browse", "--all", "--parsable", "--terminate", "--no-db-lookup"))
                .Contains(";_tore._tcp;", StringComparison.Ordinal),
            "avahi to list the service type");
    }

    [Fact(Timeout = 120_000)]
    public async Task Browse_OnOneMachineWithAvahi_BothShareThePort()
    {
        // Avahi lives in this network, too: both hear what is sent to the group.
        await using MdnsResponder responder = Start(_theirs!);
        IReadOnlyList<string[]> found = await FindAsync(l => l.Count == 2);
        Assert.All(found, l => Assert.Equal(Instance, l[3]));
        await Avahi.PublishAsync("another", 7777, $"id={Guid.Empty}", $"mesh={Own.Mesh}", "wire=1");
        await _heard.FindAsync(n => n.Port == 7777);
    }

    [Fact(Timeout = 120_000)]
    public async Task Find_PublishedByAvahi_IsFoundWithItsAddressesAndLostWhenItEnds()
    {
        await using MdnsResponder responder = Start(_ours!);
        var id = new NodeId(Guid.NewGuid());
        Process publish = await Avahi.PublishAsync("Kitchen; 2.0 \u00e9", 7777, $"id={id}", $"mesh={Own.Mesh}", "wire=1-2", "note=x");
        MdnsNode v4 = await _heard.FindAsync(n => n.Addresses.Any(a => a.ToString() == "10.77.0.2"));
        Assert.Equal((id, 7777, Own.Mesh, new WireVersions(1, 2)), (v4.Node, v4.Port, v4.Mesh, v4.Wire));
        using Process kill = Process.Start("kill", ["-TERM", publish.Id.ToString(System.Globalization.CultureInfo.InvariantCulture)]);
        await Until.TrueAsync(() => _heard.Lost.Contains(id), "avahi's goodbye to be heard");
        // Another mesh's node is told as such.
        await Avahi.PublishAsync("stranger", 7778, $"id={Guid.NewGuid()}", "mesh=ffffffffffffffff", "wire=1");
        await Until.TrueAsync(() => _heard.Others.Contains((7778, MdnsDifference.Mesh)), "the other mesh's node to be told");
    }

    [Fact(Timeout = 120_000)]
    public async Task Find_AvahiHasALinkLocalAddressOnly_IsFoundWithTheInterfaceAsItsScope()
    {
        await _theirs!.MustAsync("ip", "address", "del", "10.77.0.2/24", "dev", "lan0");
        await using MdnsResponder responder = Start(_ours!);
        await Avahi.PublishAsync("cellar", 7779, $"id={Guid.NewGuid()}", $"mesh={Own.Mesh}", "wire=1");
        MdnsNode node = await _heard.FindAsync(n => n.Port == 7779);
        string index = (await _ours!.MustAsync("ip", "-oneline", "link", "show", "dev", "lan0")).Split(':')[0];
        Assert.All(node.Addresses, a => Assert.True(a.IsIPv6LinkLocal));
        Assert.EndsWith("%" + index, node.Addresses[0].ToString(), StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task Start_AvahiHasOurNames_WeTakeOthers()
    {
        await Avahi.PublishAsync(Instance, 9999, "note=mine");
        Process address = Avahi.Start("avahi-publish", "-a", "-R", Host, "10.77.0.77");
        await AvahiDaemon.LineAsync(address.StandardError, l => l.StartsWith("Established", StringComparison.Ordinal),
            "avahi to take our host name");
        await using MdnsResponder responder = Start(_ours!);
        IReadOnlyList<string[]> found = await FindAsync(l => l.Count(f => f[8] == "7601") == 2);
        // On IPv6 avahi publishes no IPv4 address, so there the host name may be free.
        string[] line = found.Single(f => f[8] == "7601" && f[2] == "IPv4");
        Assert.Equal(Instance + "-2", line[3]);
        Assert.Equal(Host.Replace(".local", "-2.local", StringComparison.Ordinal), line[6]);
        Assert.Equal("10.77.0.1", line[7]);
        Assert.Contains(found, f => f[3] == Instance && f[8] == "9999");
    }

    [Fact(Timeout = 120_000)]
    public async Task Publish_WeHaveTheName_AvahiTakesAnother()
    {
        await using MdnsResponder responder = Start(_ours!);
        await FindAsync(l => l.Count == 2);
        Process publish = Avahi.Start("avahi-publish", "-s", Instance, "_tore._tcp", "9999");
        await AvahiDaemon.LineAsync(publish.StandardError, l => l.Contains($"{Instance} #2", StringComparison.Ordinal),
            "avahi to give way");
        IReadOnlyList<string[]> found = await FindAsync(l => l.Any(f => f[8] == "9999"));
        Assert.All(found.Where(f => f[8] == "7601"), f => Assert.Equal(Instance, f[3]));
    }

    private MdnsResponder Start(PrivateNetwork network) => network.Run(() =>
    {
        IReadOnlyList<NetworkFacts>? facts = [.. NetworkFacts.Read().Where(f => !f.IsLoopback)];
        // Later looks come from threads outside: they must see nothing, and so change nothing.
        IReadOnlyList<NetworkFacts> Once() => Interlocked.Exchange(ref facts, null) ?? throw new NetworkInformationException();
        MdnsResponder responder = MdnsResponder.Start(IPAddress.IPv6Any, Own, _heard, new Random(1), TimeProvider.System,
            NullLogger.Instance, Once);
        Assert.Equal(3, responder.Links);
        return responder;
    });

    private async Task<IReadOnlyList<string[]>> FindAsync(Func<IReadOnlyList<string[]>, bool> complete)
    {
        IReadOnlyList<string[]> found = [];
        try
        {
            await Until.TrueAsync(
                async () => complete(found = await Avahi.BrowseAsync()), "avahi to resolve our service", limitSeconds: 60);
            return found;
        }
        catch (Xunit.Sdk.XunitException missing)
        {
            throw new TimeoutException($"{missing.Message}; it has:\n{string.Join('\n', found.Select(f => string.Join(';', f)))}");
        }
    }

    private sealed class Listener : IMdnsListener
    {
        private readonly ConcurrentQueue<MdnsNode> _found = [];

        public ConcurrentQueue<NodeId> Lost { get; } = [];

        public ConcurrentQueue<(int Port, MdnsDifference Difference)> Others { get; } = [];

        public async Task<MdnsNode> FindAsync(Func<MdnsNode, bool> wanted)
        {
            await Until.TrueAsync(() => _found.Any(wanted), "our browser to find the service");
            return _found.First(wanted);
        }

        void IMdnsListener.Found(MdnsNode node) => _found.Enqueue(node);

        void IMdnsListener.Lost(NodeId node) => Lost.Enqueue(node);

        void IMdnsListener.FoundOther(MdnsNode node, MdnsDifference difference) => Others.Enqueue((node.Port, difference));
    }
}
