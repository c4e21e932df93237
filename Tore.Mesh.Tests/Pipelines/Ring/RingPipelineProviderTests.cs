using Microsoft.Extensions.Time.Testing;
using Tore.Mesh.Pipelines;
using Tore.Mesh.Pipelines.Ring;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Tests.Pipelines.Ring;

public sealed class RingPipelineProviderTests
{
    private static readonly CancellationToken None = TestContext.Current.CancellationToken;

    private readonly FakeMesh _mesh = new();
    private readonly FakeTimeProvider _time = new();
    private readonly RingPipelineProvider _provider;

    public RingPipelineProviderTests() => _provider = new RingPipelineProvider(_mesh, _mesh, new EntryRoutes(), _time);

    [Fact]
    public async Task Acquire_LoadsEverywhere_ThenTakesSlotsInLayerOrder()
    {
        _mesh.Set((3, null), (1, new LayerRange(5, 7)), (2, null));
        await using ITokenPipeline pipeline = await AcquireAsync();
        Assert.Equal("2=0-2 3=3-4 1=5-7", string.Join(' ', pipeline.Stages.Select(s => $"{Number(s.Node)}={s.Layers}")));
        string[] asked = [.. _mesh.Asked];
        Assert.Equal(["1 load 5-7", "2 load 0-2", "3 load 3-4"], asked[..3].Order());
        Assert.Equal(["2 slot", "3 slot", "1 slot"], asked[3..]);
        Assert.Equal(1, _provider.Running);
    }

    [Fact]
    public async Task Dispose_ClosesEveryStage_Once()
    {
        _mesh.Set((1, null), (2, null));
        ITokenPipeline pipeline = await AcquireAsync();
        _mesh.Asked.Clear();
        await pipeline.DisposeAsync();
        await pipeline.DisposeAsync();
        Assert.Equal(["1 close", "2 close"], _mesh.Asked);
        Assert.Equal(0, _provider.Running);
    }

    [Fact]
    public async Task Acquire_MissingLayers_WaitsTenSecondsThenNamesThem()
    {
        _mesh.Set((1, new LayerRange(0, 2)), (2, new LayerRange(5, 6)));
        Task<ITokenPipeline> asked = AcquireAsync();
        _time.Advance(TimeSpan.FromSeconds(9.9));
        Assert.False(asked.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.2));
        ToreException error = await Assert.ThrowsAsync<ToreException>(() => asked);
        Assert.Equal(ErrorCodes.ModelNotReady, error.Code);
        Assert.Contains("3-4, 7-7", error.Message);
        Assert.Equal(0, _provider.Waiting);
    }

    [Fact]
    public async Task Acquire_LayersComeWhileItWaits_Goes()
    {
        _mesh.Set((1, new LayerRange(0, 2)));
        Task<ITokenPipeline> asked = AcquireAsync();
        _mesh.Set((1, new LayerRange(0, 2)), (2, null));
        await using ITokenPipeline pipeline = await asked;
        Assert.Equal(2, pipeline.Stages.Count);
    }

    [Fact]
    public async Task Acquire_NodeThatCannotBeReached_IsPlannedAround()
    {
        _mesh.Set((1, null), (2, null));
        _mesh.Stages(2).RefusesShard = new ToreException(ErrorCodes.PeerUnreachable, "gone");
        await using ITokenPipeline pipeline = await AcquireAsync();
        Assert.Equal([FakeMesh.Id(1)], pipeline.Stages.Select(s => s.Node));
    }

    [Fact]
    public async Task Acquire_OnlyNodeRefuses_SaysWhy()
    {
        _mesh.Set((1, null));
        _mesh.Stages(1).RefusesShard = new ToreException(ErrorCodes.MemoryBudgetExceeded, "too big");
        ToreException error = await Assert.ThrowsAsync<ToreException>(AcquireAsync);
        Assert.Equal("too big", error.Message);
    }

    [Fact]
    public async Task Acquire_NoSlotForAMinute_IsBusy_AndGivesBackWhatItHad()
    {
        _mesh.Set((1, null), (2, null));
        _mesh.Stages(2).Slot = new TaskCompletionSource().Task;
        Task<ITokenPipeline> asked = AcquireAsync();
        await UntilAskedAsync("2 slot");
        _time.Advance(TimeSpan.FromSeconds(61));
        ToreException error = await Assert.ThrowsAsync<ToreException>(() => asked);
        Assert.Equal(ErrorCodes.Busy, error.Code);
        Assert.Equal(["1 close", "2 close"], _mesh.Asked.Where(a => a.EndsWith("close")));
    }

    [Fact]
    public async Task Acquire_MoreThanMayWait_IsBusyAtOnce()
    {
        _mesh.Set((1, null));
        _mesh.Stages(1).Slot = new TaskCompletionSource().Task;
        using var cancel = new CancellationTokenSource();
        Task<ITokenPipeline>[] waiting = [.. Enumerable.Range(0, Limits.WaitingRequests + 2).Select(_ => AcquireAsync(cancel.Token))];
        ToreException error = await Assert.ThrowsAsync<ToreException>(AcquireAsync);
        Assert.Equal(ErrorCodes.Busy, error.Code);
        await cancel.CancelAsync();
        foreach (Task<ITokenPipeline> one in waiting)
        {
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => one);
        }
        Assert.Equal(0, _provider.Waiting);
    }

    [Fact]
    public async Task Acquire_WhileDraining_IsRefused()
    {
        _mesh.Set((1, null));
        _provider.Drain();
        Assert.Equal(ErrorCodes.Draining, (await Assert.ThrowsAsync<ToreException>(AcquireAsync)).Code);
    }

    [Fact]
    public async Task Acquire_PlanChangesBetweenRequests_RunsOverTheNewNodes()
    {
        _mesh.Set((1, null));
        await using ITokenPipeline first = await AcquireAsync();
        _mesh.Set((1, null), (2, null));
        await using ITokenPipeline second = await AcquireAsync();
        Assert.Single(first.Stages);
        Assert.Equal(2, second.Stages.Count);
    }

    private Task<ITokenPipeline> AcquireAsync() => AcquireAsync(None);

    private Task<ITokenPipeline> AcquireAsync(CancellationToken cancellationToken) =>
        _provider.AcquireAsync(_provider.Resolve("model"), 50, cancellationToken).AsTask();

    private async Task UntilAskedAsync(string what)
    {
        for (int i = 0; !_mesh.Asked.Contains(what); i++)
        {
            Assert.True(i < 2000, $"waited for '{what}'; asked were: {string.Join(", ", _mesh.Asked)}");
            await Task.Delay(5, None);
        }
    }

    private static int Number(NodeId id) => BitConverter.ToInt32(id.Value.ToByteArray(), 0);
}
