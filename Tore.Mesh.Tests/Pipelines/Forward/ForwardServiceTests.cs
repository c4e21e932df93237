using Microsoft.Extensions.Time.Testing;
using Tore.Mesh.Inference;
using Tore.Mesh.Inference.Sampling;
using Tore.Mesh.Inference.Stages;
using Tore.Mesh.Pipelines.Forward;
using Tore.Mesh.Pipelines.Stages;
using Tore.Mesh.Primitives;
using Tore.Mesh.Tests.Support;

namespace Tore.Mesh.Tests.Pipelines.Forward;

public sealed class ForwardServiceTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public async Task Run_ThenSilence_FreesTheKvAfterAMinute()
    {
        using var backend = new ManagedBackend();
        await using var worker = new StageWorker(StoriesModel.LoadShard(backend, new LayerRange(0, 7)));
        var service = new ForwardService((_, _) => throw new InvalidOperationException(), _time, () => 1);
        var shard = new ForwardShard(new ScriptedProvider().Listing, worker);
        await service.RunAsync(shard, Call([1, 2, 3]), CancellationToken.None);
        _time.Advance(Limits.ForwardIdle - TimeSpan.FromSeconds(1));
        Assert.Equal(1, worker.OpenSequences);
        // A call begins the minute anew.
        await service.RunAsync(shard, Call([4]), CancellationToken.None);
        _time.Advance(Limits.ForwardIdle - TimeSpan.FromSeconds(1));
        Assert.Equal(1, service.OpenRequests);
        _time.Advance(TimeSpan.FromSeconds(2));
        Assert.Equal(0, service.OpenRequests);
        Assert.Equal(0, worker.OpenSequences);
    }

    [Fact]
    public async Task Run_BeyondTheContext_IsRefusedBeforeItTakesASlot()
    {
        using var backend = new ManagedBackend();
        await using var worker = new StageWorker(StoriesModel.LoadShard(backend, new LayerRange(0, 7)));
        var service = new ForwardService((_, _) => throw new InvalidOperationException(), _time, () => 1);
        var shard = new ForwardShard(new ScriptedProvider().Listing, worker);
        ForwardCall tooLong = Call([.. Enumerable.Repeat(5, 513)]);
        ToreException error = await Assert.ThrowsAsync<ToreException>(() => service.RunAsync(shard, tooLong, CancellationToken.None));
        Assert.Equal(ErrorCodes.ContextLengthExceeded, error.Code);
        Assert.Equal(0, service.OpenRequests);
        Assert.Equal(0, worker.OpenSequences);
    }

    [Fact]
    public async Task Run_MoreTokensThanTheContextLeaves_LeavesTheRequestWhereItStands()
    {
        using var backend = new ManagedBackend();
        await using var worker = new StageWorker(StoriesModel.LoadShard(backend, new LayerRange(0, 7)));
        var service = new ForwardService((_, _) => throw new InvalidOperationException(), _time, () => 1);
        var shard = new ForwardShard(new ScriptedProvider().Listing, worker);
        ForwardCall prompt = Call([.. Enumerable.Repeat(5, 510)]);
        await service.RunAsync(shard, prompt, CancellationToken.None);
        ToreException error = await Assert.ThrowsAsync<ToreException>(
            () => service.RunAsync(shard, Call([4]) with { NewTokens = 3 }, CancellationToken.None));
        Assert.Equal(ErrorCodes.ContextLengthExceeded, error.Code);
        ForwardResult result = await service.RunAsync(shard, Call([4]) with { NewTokens = 2 }, CancellationToken.None);
        Assert.Equal(512, result.Position);
    }

    [Fact]
    public async Task SlotQueue_RequestThatWaits_GetsTheSlotOfTheLongestSilentCall()
    {
        using var backend = new ManagedBackend();
        await using var worker = new StageWorker(StoriesModel.LoadShard(backend, new LayerRange(0, 7), slots: 2));
        using var slots = new SlotQueue(worker);
        var service = new ForwardService((_, _) => throw new InvalidOperationException(), _time, () => 1);
        var shard = new ForwardShard(new ScriptedProvider().Listing, worker);
        foreach (string request in (string[])["first", "second", "first"])
        {
            _time.Advance(TimeSpan.FromSeconds(1));
            await service.RunAsync(shard, Call([1]) with { RequestId = request }, CancellationToken.None);
        }
        var spec = new StageSequenceSpec { RequestId = "mesh", Positions = 8, Sampling = SamplingOptions.Greedy };
        await slots.TakeAsync(spec, new SilentOutput(), CancellationToken.None);
        Assert.Equal(1, service.OpenRequests);
        Assert.False(await service.FreeAsync("second"));
        Assert.True(await service.FreeAsync("first"));
    }

    private sealed class SilentOutput : IStageOutput
    {
        public void OnActivations(StageSequence sequence, int position, int count, bool wantsToken, ReadOnlySpan<float> rows)
        {
        }

        public void OnChunkDone(StageSequence sequence, int position, int count)
        {
        }

        public void OnToken(StageSequence sequence, in SampledToken token)
        {
        }

        public void OnFailed(StageSequence sequence, ToreException error)
        {
        }
    }

    private static ForwardCall Call(int[] ids) => new()
    {
        RequestId = "r",
        Ids = ids,
        Rows = [],
        Count = ids.Length,
        NewTokens = 0,
        Position = null,
        Sampling = SamplingOptions.Greedy,
        Seed = 1,
    };
}
