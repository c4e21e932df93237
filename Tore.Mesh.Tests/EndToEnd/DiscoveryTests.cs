using System.Text.Json.Nodes;
using Tore.Mesh.Tests.Support;

namespace Tore.Mesh.Tests.EndToEnd;

/// <summary>Real <c>tore up</c> processes that find each other by mDNS alone, in networks that the tests make.</summary>
public sealed class DiscoveryTests
{
    [Fact(Timeout = 180_000)]
    public async Task Up_FiveNodesOnTwoMachinesWithIPv6LinkLocalOnly_FindEachOther()
    {
        await using TestNetwork left = await TestNetwork.CreateAsync(), right = await TestNetwork.CreateAsync();
        await left.ConnectAsync(right);
        using var folder = new TemporaryFolder();
        List<Node> nodes = [];
        try
        {
            for (int i = 0; i < 5; i++)
            {
                nodes.Add(await Node.StartAsync(i < 2 ? left : right, folder.PathOf($"{i}")));
            }
            foreach (Node node in nodes)
            {
                await node.WaitForAsync(nodes);
            }
        }
        finally
        {
            foreach (Node node in nodes)
            {
                await node.DisposeAsync();
            }
        }
    }

    [Fact(Timeout = 180_000)]
    public async Task Up_CableIsPluggedInLater_NodesFindEachOtherThen()
    {
        await using TestNetwork left = await TestNetwork.CreateAsync(), right = await TestNetwork.CreateAsync();
        using var folder = new TemporaryFolder();
        await using Node first = await Node.StartAsync(left, folder.PathOf("a"));
        await using Node second = await Node.StartAsync(right, folder.PathOf("b"));
        Assert.DoesNotContain(second.Id, await first.PeersAsync(), StringComparison.Ordinal);
        await left.ConnectAsync(right);
        await first.WaitForAsync([first, second]);
        await second.WaitForAsync([first, second]);
    }

    private sealed class Node : IAsyncDisposable
    {
        private readonly ToreProcess _process;
        private readonly TestNetwork _network;
        private readonly string _data;

        private Node(ToreProcess process, TestNetwork network, string data, string id)
        {
            _process = process;
            _network = network;
            _data = data;
            Id = id;
        }

        public string Id { get; }

        public static async Task<Node> StartAsync(TestNetwork network, string data)
        {
            ToreProcess process = ToreProcess.Start(
                ["up", "--open", "--json", "--data", data, "--listen", "[::]:0", "--http", "127.0.0.1:0", "--threads", "1",
                    "--log-level", "warn"],
                network: network);
            try
            {
                JsonNode ready = JsonNode.Parse(await process.ReadLineAsync(60))!;
                return new Node(process, network, data, (string)ready["node_id"]!);
            }
            catch
            {
                await process.DisposeAsync();
                throw;
            }
        }

        public async Task<string> PeersAsync() =>
            (await ToreProcess.RunAsync(["peers", "--data", _data, "--json"], network: _network)).Output;

        /// <summary>Waits until it knows all of these, itself among them.</summary>
        public async Task WaitForAsync(IReadOnlyList<Node> nodes)
        {
            string peers = "";
            await Until.TrueAsync(
                async () =>
                {
                    peers = await PeersAsync();
                    return nodes.All(n => peers.Contains(n.Id, StringComparison.Ordinal));
                },
                $"{Id} to find {nodes.Count} nodes; {_process.Error}", limitSeconds: 60);
        }

        public ValueTask DisposeAsync() => _process.DisposeAsync();
    }
}
