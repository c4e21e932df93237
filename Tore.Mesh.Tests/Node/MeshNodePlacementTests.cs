using Tore.Mesh.Inference.Sampling;
using Tore.Mesh.Node;
using Tore.Mesh.Pipelines;
using Tore.Mesh.Primitives;
using Tore.Mesh.Storage;

namespace Tore.Mesh.Tests.Node;

public sealed class MeshNodePlacementTests
{
    private static readonly CancellationToken None = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Layers_AskedFor_AreWhatEachNodeOpens()
    {
        LayerRange[] limits = [new(5, 7), new(0, 1), new(2, 4)];
        await using Cluster cluster = await Cluster.StartAsync(3, i => Cluster.Serving(limits[i]));
        Assert.Equal(12, (await MeshNodeTests.AskAsync(cluster.Nodes[0], MeshNodeTests.RequestOf(SamplingOptions.Greedy, 12))).Count);
        IReadOnlyList<PipelineStage> route = cluster.Nodes[0].Status.Models[0].Route;
        Assert.Equal("0-1 2-4 5-7", string.Join(' ', route.Select(s => s.Layers)));
        Assert.Equal([cluster.Nodes[1].Id, cluster.Nodes[2].Id, cluster.Nodes[0].Id], route.Select(s => s.Node));
        await Cluster.UntilAsync(
            () => cluster.Nodes.All(n => n.Status.Models[0].Holders.All(h => h.Open == h.Limit)),
            () => "every node to hear which ranges are open");
    }

    [Fact]
    public async Task Preload_LoadsOnlyThisNodesRange()
    {
        await using Cluster cluster = await Cluster.StartAsync(2);
        MeshNode node = cluster.Nodes[0], other = cluster.Nodes[1];
        Assert.Throws<ToreException>(() => node.FindShard("stories"));
        await node.PreloadAsync("stories", None);
        PipelineStage own = node.Status.Models[0].Route.Single(s => s.Node == node.Id);
        Assert.Equal(own.Layers, node.FindShard("stories").Worker.Shard.Layers);
        Assert.Equal(ErrorCodes.ModelNotReady, Assert.Throws<ToreException>(() => other.FindShard("stories")).Code);
    }

    [Fact]
    public async Task MissingLayers_AreNamed_AndCoveredWhenTheirNodeComes()
    {
        await using var cluster = new Cluster();
        MeshNode first = await cluster.AddAsync(Cluster.Serving(new LayerRange(0, 4)), "a");
        await Cluster.UntilAsync(() => first.Models.Count == 1, () => "the model to be identified");
        ModelListing listing = first.Resolve("stories");
        Assert.Equal([new LayerRange(5, 7)], listing.MissingLayers);

        // A request that is asked now waits for them.
        Task<List<GeneratedToken>> asked = MeshNodeTests.AskAsync(first, MeshNodeTests.RequestOf(SamplingOptions.Greedy, 12));
        await Cluster.UntilAsync(() => first.Status.Waiting == 1, () => "the request to wait");
        await cluster.AddAsync(Cluster.Serving(new LayerRange(5, 7)), "b");
        Assert.Equal(12, (await asked).Count);
    }

    [Fact]
    public async Task EntryWithoutTheModel_RunsIdsOverTheOthers()
    {
        await using Cluster cluster = await Cluster.StartAsync(3, i => i == 2 ? new MeshNodeOptions() : Cluster.Serving());
        MeshNode entry = cluster.Nodes[2];
        Assert.Null(entry.Resolve("stories").Text);
        Assert.Equal(12, (await MeshNodeTests.AskAsync(entry, MeshNodeTests.RequestOf(SamplingOptions.Greedy, 12))).Count);
        Assert.Equal(2, entry.Status.Models[0].Route.Count);
    }

    [Fact]
    public async Task Resolve_ByDigest_Works_AndUnknownIdsAreNamed()
    {
        await using Cluster cluster = await Cluster.StartAsync(1);
        MeshNode node = cluster.Nodes[0];
        string digest = node.Resolve("stories").Digest.ToString();
        Assert.Equal("stories", node.Resolve(digest[..19]).Label);
        ToreException error = Assert.Throws<ToreException>(() => node.Resolve("sha256:0123"));
        Assert.Equal(ErrorCodes.ModelNotFound, error.Code);
        Assert.Contains("stories", error.Message);
    }

    [Fact]
    public async Task Acquire_BeyondTheContext_IsRefused()
    {
        await using Cluster cluster = await Cluster.StartAsync(1, _ => Cluster.Serving() with { ContextLength = 64 });
        MeshNode node = cluster.Nodes[0];
        ModelListing model = node.Resolve("stories");
        Assert.Equal(64, model.ContextLength);
        ToreException error = await Assert.ThrowsAsync<ToreException>(() => node.AcquireAsync(model, 65, None).AsTask());
        Assert.Equal(ErrorCodes.ContextLengthExceeded, error.Code);
    }

    [Fact]
    public async Task Start_ModelBeyondTheMemory_IsRefusedWithTheNumbersWhenItIsAskedFor()
    {
        await using Cluster cluster = await Cluster.StartAsync(1, _ => Cluster.Serving() with { MemoryBytes = 100_000 });
        MeshNode node = cluster.Nodes[0];
        ToreException error = await Assert.ThrowsAsync<ToreException>(
            () => node.AcquireAsync(node.Resolve("stories"), 50, None).AsTask());
        Assert.Equal(ErrorCodes.MemoryBudgetExceeded, error.Code);
        Assert.Contains("100000 bytes", error.Message);
    }

    [Fact]
    public async Task Start_OnALockedFolder_IsRefused()
    {
        await using var cluster = new Cluster();
        await cluster.AddAsync(Cluster.Serving(), "same");
        ToreException error = await Assert.ThrowsAsync<ToreException>(() => cluster.AddAsync(Cluster.Serving(), "same"));
        Assert.Equal(ErrorCodes.DataFolderLocked, error.Code);
    }

    [Theory]
    [InlineData(9, 9, ErrorCodes.InvalidStages)]
    [InlineData(7, 8, ErrorCodes.InvalidStages)]
    public async Task Start_LayersBeyondTheModel_IsRefused(int start, int end, string code)
    {
        await using var cluster = new Cluster();
        ToreException error = await Assert.ThrowsAsync<ToreException>(
            () => cluster.AddAsync(Cluster.Serving(new LayerRange(start, end)), "a"));
        Assert.Equal(code, error.Code);
    }

    [Fact]
    public async Task OpenAndLocalNodes_NeverLink()
    {
        await using var cluster = new Cluster();
        MeshNode local = await cluster.AddAsync(Cluster.Serving(), "local");
        MeshNode open = await cluster.AddAsync(Cluster.Serving() with { Open = true }, "open");
        await Cluster.UntilAsync(() => local.Counters.RefusedLinks > 0, () => "the open node to try");
        Assert.Empty(local.Status.Peers);
        Assert.Empty(open.Status.Peers);
        Assert.NotEqual(local.Status.MeshFingerprint, open.Status.MeshFingerprint);
    }

    [Fact]
    public async Task Status_WhileRunning_IsInTheDataFolder_AndGoneAfterwards()
    {
        await using Cluster cluster = await Cluster.StartAsync(2);
        MeshNode node = cluster.Nodes[0];
        MemberStatus peer = Assert.Single(node.Status.Peers);
        Assert.Equal(cluster.Nodes[1].Id, peer.NodeId);
        Assert.Equal(cluster.Nodes[1].Status.Listen, peer.Listen);
        Assert.Contains(peer.Tls, new[] { "1.3", "1.2" });
        Assert.Equal("stories", Assert.Single(peer.Capabilities!.Models).Label);
        Assert.Equal(node.Status.EngineFingerprint, peer.Capabilities.EngineFingerprint);
        string folder = cluster.FolderOf("node-0");
        Assert.Equal(node.Id.ToString(), DataFolder.ReadAddresses(folder)!.NodeId);
        Assert.Equal(node.Status.Listen, DataFolder.ReadAddresses(folder)!.Listen);
        await cluster.StopAsync(node);
        Assert.Null(DataFolder.ReadAddresses(folder));
    }

    [Theory]
    [InlineData(1, "not one of them")]
    [InlineData(2, "of them at once")]
    [InlineData(1024, null)]
    public async Task Start_MemoryThatDoesNotHoldTheModel_Warns(int mebibytes, string? warning)
    {
        await using var cluster = new Cluster();
        MeshNode node = await cluster.AddAsync(
            Cluster.Serving() with { MemoryBytes = mebibytes * 1024L * 1024L, Slots = 1, ContextLength = 64 }, "node-0");
        if (warning is null)
        {
            Assert.Empty(node.Status.Warnings);
            return;
        }
        NodeWarning only = Assert.Single(node.Status.Warnings);
        Assert.Equal(ErrorCodes.MemoryBudgetExceeded, only.Code);
        Assert.Contains(warning, only.Text, StringComparison.Ordinal);
    }
}
