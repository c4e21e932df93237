using Microsoft.Extensions.Logging.Abstractions;
using Tore.Mesh.Inference;
using Tore.Mesh.Models;
using Tore.Mesh.Models.Gguf;
using Tore.Mesh.Node;
using Tore.Mesh.Pipelines.Stages;
using Tore.Mesh.Primitives;
using Tore.Mesh.Tests.Pipelines.Ring;

namespace Tore.Mesh.Tests.Node;

public sealed class ShardStoreTests : IDisposable
{
    private static readonly CancellationToken None = TestContext.Current.CancellationToken;
    private static readonly LayerRange Low = new(0, 3), High = new(4, 7), All = new(0, 7);

    private readonly ManagedBackend _backend = new();

    public void Dispose() => _backend.Dispose();

    [Fact]
    public async Task OpenAsync_AskedTwiceAtOnce_LoadsOnce()
    {
        await using ShardStore store = Store();
        Task<OpenedShard> first = store.OpenAsync(FakeMesh.Model, Low, 64, None), second = store.OpenAsync(FakeMesh.Model, Low, 64, None);
        Assert.Same(await first, await second);
        Assert.Same(await first, await store.OpenAsync(FakeMesh.Model, Low, 64, None));
    }

    [Fact]
    public async Task OpenAsync_NewRange_IsRegistered_AndTheOldOneStaysWhileMemoryAllows()
    {
        await using ShardStore store = Store();
        OpenedShard low = await store.OpenAsync(FakeMesh.Model, Low, 64, None);
        Assert.Equal(Low, Assert.Single(store.Held).Open);
        OpenedShard all = await store.OpenAsync(FakeMesh.Model, All, 64, None);
        Assert.Equal(All, Assert.Single(store.Held).Open);
        Assert.Same(all, store.Registered(FakeMesh.Model));
        Assert.Same(low, await store.OpenAsync(FakeMesh.Model, Low, 64, None));
        Assert.Equal(Low, Assert.Single(store.Held).Open);
    }

    [Fact]
    public async Task OpenAsync_MemoryFull_LetsGoOfTheOneUnusedLongest()
    {
        await using ShardStore store = Store(memoryForRanges: [Low, High]);
        OpenedShard low = await store.OpenAsync(FakeMesh.Model, Low, 64, None);
        await store.OpenAsync(FakeMesh.Model, High, 64, None);
        Assert.NotNull(store.Hold(FakeMesh.Model, Low));
        low.Release();
        await store.OpenAsync(FakeMesh.Model, new LayerRange(2, 5), 64, None);
        Assert.Null(store.Hold(FakeMesh.Model, Low));
        Assert.NotNull(store.Hold(FakeMesh.Model, High));
    }

    [Fact]
    public async Task OpenAsync_MemoryFullOfRangesInUse_WaitsForThem()
    {
        await using ShardStore store = Store(memoryForRanges: [Low, High]);
        OpenedShard low = await store.OpenAsync(FakeMesh.Model, Low, 64, None);
        OpenedShard high = await store.OpenAsync(FakeMesh.Model, High, 64, None);
        low.Hold();
        high.Hold();
        Task<OpenedShard> waiting = store.OpenAsync(FakeMesh.Model, new LayerRange(2, 5), 64, None);
        Assert.False(waiting.IsCompleted);
        high.Release();
        store.OnUseEnded();
        Assert.Equal(new LayerRange(2, 5), (await waiting.WaitAsync(TimeSpan.FromSeconds(30), None)).Layers);
        Assert.NotNull(store.Hold(FakeMesh.Model, Low));
    }

    [Theory]
    [InlineData("unknown model", ErrorCodes.ModelNotFound)]
    [InlineData("beyond the model", ErrorCodes.InvalidStages)]
    [InlineData("beyond the limit", ErrorCodes.InvalidStages)]
    [InlineData("beyond the context", ErrorCodes.ContextLengthExceeded)]
    public async Task OpenAsync_WhatThisNodeDoesNotDo_IsRefused(string what, string code)
    {
        await using ShardStore store = Store(limit: new LayerRange(0, 5));
        ToreException error = await Assert.ThrowsAsync<ToreException>(() => store.OpenAsync(
            what == "unknown model" ? Digest.Of("other"u8) : FakeMesh.Model,
            what == "beyond the model" ? new LayerRange(6, 8) : what == "beyond the limit" ? new LayerRange(4, 6) : Low,
            what == "beyond the context" ? 65 : 64, None));
        Assert.Equal(code, error.Code);
    }

    [Fact]
    public async Task Hold_AfterAll_IsNullForWhatIsNotLoaded()
    {
        await using ShardStore store = Store();
        Assert.Null(store.Hold(FakeMesh.Model, Low));
        Assert.Null(Assert.Single(store.Held).Open);
    }

    private ShardStore Store(LayerRange[]? memoryForRanges = null, LayerRange? limit = null)
    {
        GgufFile file = GgufFile.Open(Cluster.Stories);
        ModelConfig config = ModelConfig.Read(file);
        var options = new ShardOptions { Threads = 1, ContextLength = 64, Slots = 1 };
        if (memoryForRanges is not null)
        {
            options = options with { MemoryBytes = memoryForRanges.Sum(r => _backend.Plan(file, config, r, options).TotalBytes) };
        }
        var store = new ShardStore(_backend, options, TimeProvider.System, NullLogger.Instance);
        store.Add(new ServedModel
        {
            File = file,
            Config = config,
            Text = ModelText.Open(file),
            Label = "stories",
            Limit = limit,
            Digest = FakeMesh.Model,
        });
        return store;
    }
}
