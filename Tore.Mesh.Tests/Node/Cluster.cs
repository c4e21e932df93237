using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Tore.Mesh.Inference;
using Tore.Mesh.Node;
using Tore.Mesh.Pipelines;
using Tore.Mesh.Primitives;
using Tore.Mesh.Tests.Support;

namespace Tore.Mesh.Tests.Node;

/// <summary>
/// Nodes in this process over TLS on loopback, with throw-away data folders and without mDNS. Waiting is for conditions, and a wait
/// that runs out says what was missing.
/// </summary>
internal sealed class Cluster : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly TemporaryFolder _folders = new();
    private readonly ManagedBackend _backend = new();
    private readonly List<MeshNode> _nodes = [];

    /// <summary>The nodes that run.</summary>
    public IReadOnlyList<MeshNode> Nodes => _nodes;

    /// <summary>The model that comes with the project.</summary>
    public static string Stories => Path.Combine(SharedFiles.Repository, "Tore.Mesh.Host", "Models", "stories.gguf");

    /// <summary>Options of a node that serves stories.</summary>
    public static MeshNodeOptions Serving(LayerRange? layers = null) => new()
    {
        Models = [new ModelSource(Stories) { Layers = layers }],
        Threads = 1,
    };

    /// <summary>Starts nodes that all serve stories and know the first, and waits until they know each other.</summary>
    public static async Task<Cluster> StartAsync(int nodes, Func<int, MeshNodeOptions>? options = null)
    {
        var cluster = new Cluster();
        try
        {
            for (int i = 0; i < nodes; i++)
            {
                await cluster.AddAsync((options ?? (_ => Serving()))(i), $"node-{i}");
            }
            await cluster.SettleAsync(ready: true);
            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Starts one more node; its only seed is the first that runs.</summary>
    public async Task<MeshNode> AddAsync(MeshNodeOptions options, string folder)
    {
        var node = new MeshNode(
            options with
            {
                DataFolder = FolderOf(folder),
                Listen = new IPEndPoint(IPAddress.Loopback, 0),
                Mdns = false,
                Seeds = _nodes.Count == 0 ? [] : [_nodes[0].Status.Listen[0]],
            },
            _backend, TimeProvider.System, NullLogger.Instance);
        _nodes.Add(node);
        await node.StartAsync(httpAddress: null, CancellationToken.None);
        return node;
    }

    /// <summary>The data folder of a node.</summary>
    public string FolderOf(string folder) => Path.Combine(_folders.FullPath, folder);

    /// <summary>Stops a node without draining it.</summary>
    public async Task StopAsync(MeshNode node)
    {
        _nodes.Remove(node);
        await node.DisposeAsync();
    }

    /// <summary>Waits until every pair is linked, and (<paramref name="ready"/>) every node sees all layers of stories.</summary>
    public async Task SettleAsync(bool ready) => await UntilAsync(
        () => _nodes.All(n => n.Status is { } s && s.Peers.Count() == _nodes.Count - 1
            && (!ready || (s.Models.Count == 1 && s.Models[0].Listing.IsReady && s.Models[0].Holders.Count == Holders()))),
        () => "every node to know every other and its model: " + string.Join("; ", _nodes.Select(Describe)));

    /// <summary>Waits for a condition.</summary>
    public static async Task UntilAsync(Func<bool> condition, Func<string> what)
    {
        long start = TimeProvider.System.GetTimestamp();
        while (!condition())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(start) < Patience, $"waited {Patience.TotalSeconds} s for {what()}");
            await Task.Delay(10, TestContext.Current.CancellationToken);
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (MeshNode node in _nodes)
        {
            await node.DisposeAsync();
        }
        _backend.Dispose();
        _folders.Dispose();
    }

    private int Holders() => _nodes.Count(n => n.Status.Models.Any(m => m.Holders.Any(h => h.Node == n.Id)));

    private static string Describe(MeshNode node) =>
        $"{node.Id.Short} has {node.Status.Peers.Count()} peers, "
        + string.Join(",", node.Status.Models.Select(
            m => $"{m.Listing.Label} missing [{string.Join(' ', m.Listing.MissingLayers)}] of {m.Holders.Count}"));
}
