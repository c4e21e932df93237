using Tore.Mesh.Pipelines.Stages;
using Tore.Mesh.Primitives;
using Tore.Mesh.Tests.Pipelines.Ring;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Tests.Pipelines.Stages;

public sealed class StageHostTests
{
    private static readonly CancellationToken None = TestContext.Current.CancellationToken;
    private static readonly NodeId Entry = FakeMesh.Id(9), Other = FakeMesh.Id(2), Stranger = FakeMesh.Id(7);

    [Fact]
    public async Task FirstStage_PromptThenTokens_GivesRowsToTheNextStage()
    {
        await using var stage = new StageFixture(new LayerRange(0, 3));
        OpenSequence open = await OpenAsync(stage, first: true);
        stage.Host.OnActivations(Entry, Prompt(open, 0, [1, 2, 3, 4], sample: true), default);
        Activations rows = stage.Next<Activations>();
        Assert.Equal((0, 4, ActivationFlags.Sample), (rows.Position, rows.Count, rows.Flags));
        stage.Host.OnToken(Other, new Token { Sequence = open.Sequence, Route = 1, Position = 4, Id = 5 });
        Assert.Equal((4, 1), (stage.Next<Activations>() is var step ? step.Position : 0, step.Count));
    }

    [Fact]
    public async Task LastStage_RowsWithoutSample_ReportsThemDone_AndDrawsAfterTheLast()
    {
        await using var stage = new StageFixture(new LayerRange(4, 7));
        OpenSequence open = await OpenAsync(stage, first: false);
        float[] rows = new float[4 * stage.Shard.Worker.Shard.Width];
        stage.Host.OnActivations(Other, Rows(open, 0, 3, stage, sample: false), rows.AsSpan(0, 3 * rows.Length / 4));
        Assert.Equal(3, stage.Next<ChunkDone>().Position);
        stage.Host.OnActivations(Other, Rows(open, 3, 1, stage, sample: true), rows.AsSpan(0, rows.Length / 4));
        // One frame to stage 1 (node 2), one to the entry node.
        Assert.Equal(4, stage.Next<Token>().Position);
        Assert.Equal(4, stage.Next<Token>().Position);
    }

    [Theory]
    [InlineData("another node's rows")]
    [InlineData("an older route")]
    [InlineData("an unknown sequence")]
    public async Task OnActivations_NotOfTheRoute_IsDropped(string what)
    {
        await using var stage = new StageFixture(new LayerRange(0, 3));
        OpenSequence open = await OpenAsync(stage, first: true);
        Activations head = Prompt(open, 0, [1, 2, 3, 4], sample: true);
        stage.Host.OnActivations(
            what == "another node's rows" ? Stranger : Entry,
            what == "an older route" ? head with { Route = 0 }
                : what == "an unknown sequence" ? head with { Sequence = Guid.NewGuid() } : head,
            default);
        Assert.Equal(1, stage.Host.Routes);
        // The right frame is the next thing that has an effect.
        stage.Host.OnActivations(Entry, head, default);
        Assert.Equal(4, stage.Next<Activations>().Count);
        Assert.Empty(stage.Sent);
    }

    [Theory]
    [InlineData("a gap")]
    [InlineData("beyond the prompt")]
    [InlineData("a token outside the vocabulary")]
    public async Task OnActivations_BrokenPrompt_EndsTheRequestOnly(string what)
    {
        await using var stage = new StageFixture(new LayerRange(0, 3));
        OpenSequence broken = await OpenAsync(stage, first: true), sound = await OpenAsync(stage, first: true);
        Activations head = what switch
        {
            "a gap" => Prompt(broken, 2, [1], sample: false),
            "beyond the prompt" => Prompt(broken, 0, [1, 2, 3, 4, 5], sample: true),
            _ => Prompt(broken, 0, [1, 2, int.MaxValue, 4], sample: true),
        };
        stage.Host.OnActivations(Entry, head, default);
        SequenceFailed failed = stage.Next<SequenceFailed>();
        Assert.Equal((broken.Sequence, ErrorCodes.WireMalformed), (failed.Sequence, failed.Code));
        stage.Host.OnActivations(Entry, Prompt(sound, 0, [1, 2, 3, 4], sample: true), default);
        Assert.Equal(sound.Sequence, stage.Next<Activations>().Sequence);
        Assert.Equal(1, stage.Host.Routes);
    }

    [Fact]
    public async Task OnActivations_RowsOfAnotherWidth_EndTheRequest()
    {
        await using var stage = new StageFixture(new LayerRange(4, 7));
        OpenSequence open = await OpenAsync(stage, first: false);
        stage.Host.OnActivations(Other, new Activations(open.Sequence, 1, 0, 1, 8, ActivationFlags.None, default), new float[8]);
        Assert.Equal(ErrorCodes.WireMalformed, stage.Next<SequenceFailed>().Code);
    }

    [Fact]
    public async Task Close_WhileItWaitsForASlot_EndsTheWait_AndTheNextGetsTheSlot()
    {
        await using var stage = new StageFixture(new LayerRange(0, 3), slots: 1);
        OpenSequence running = await OpenAsync(stage, first: true);
        OpenSequence second = stage.Route(first: true), third = stage.Route(first: true);
        Task<SequenceOpened> waiting = stage.Host.OpenAsync(Entry, second, None), behind = stage.Host.OpenAsync(Entry, third, None);
        Assert.Equal(2, stage.Shard.Slots.Waiting);
        stage.Host.Close(Entry, new CloseSequence(second.Sequence, 1));
        Assert.Equal(ErrorCodes.Cancelled, (await Assert.ThrowsAsync<ToreException>(() => waiting)).Code);
        Assert.False(behind.IsCompleted);
        stage.Host.Close(Entry, new CloseSequence(running.Sequence, 1));
        Assert.True((await behind.WaitAsync(TimeSpan.FromSeconds(30), None)).WaitingRowsMax > 0);
        Assert.Equal(1, stage.Shard.Worker.OpenSequences);
    }

    [Fact]
    public async Task Close_OfAnother_DoesNothing()
    {
        await using var stage = new StageFixture(new LayerRange(0, 3));
        OpenSequence open = await OpenAsync(stage, first: true);
        stage.Host.Close(Stranger, new CloseSequence(open.Sequence, 1));
        stage.Host.Close(Entry, new CloseSequence(open.Sequence, 2));
        stage.Host.Close(Entry, new CloseSequence(Guid.NewGuid(), 1));
        Assert.Equal(1, stage.Host.Routes);
    }

    [Fact]
    public async Task EntryNodeGone_FreesItsSlots()
    {
        await using var stage = new StageFixture(new LayerRange(0, 3));
        await OpenAsync(stage, first: true);
        stage.Host.OnMembersChanged(node => node != Entry);
        Assert.Equal(0, stage.Host.Routes);
        Assert.Equal(0, stage.Shard.Worker.OpenSequences);
        Assert.Equal(0, stage.Shard.Users);
    }

    [Theory]
    [InlineData("another asker")]
    [InlineData("a hole in the layers")]
    [InlineData("another node's stage")]
    [InlineData("no positions")]
    public async Task Open_RouteThatMakesNoSense_IsRefused(string what)
    {
        await using var stage = new StageFixture(new LayerRange(0, 3));
        OpenSequence open = stage.Route(first: true);
        open = what switch
        {
            "a hole in the layers" => open with { Stages = [open.Stages[0], new RouteStage(Other, new LayerRange(5, 7))] },
            "another node's stage" => open with { Stage = 1 },
            "no positions" => open with { Positions = 0 },
            _ => open,
        };
        ToreException error = await Assert.ThrowsAsync<ToreException>(
            () => stage.Host.OpenAsync(what == "another asker" ? Stranger : Entry, open, None));
        Assert.Equal(ErrorCodes.InvalidRequest, error.Code);
        Assert.Equal(0, stage.Host.Routes);
    }

    [Fact]
    public async Task Open_RangeThatIsNotLoaded_IsNotReady()
    {
        await using var stage = new StageFixture(new LayerRange(0, 2));
        ToreException error = await Assert.ThrowsAsync<ToreException>(() => stage.Host.OpenAsync(Entry, stage.Route(first: true), None));
        Assert.Equal(ErrorCodes.ModelNotReady, error.Code);
    }

    [Fact]
    public async Task Start_TwiceOrTooLong_IsRefused()
    {
        await using var stage = new StageFixture(new LayerRange(0, 3));
        OpenSequence open = await OpenAsync(stage, first: true);
        Assert.Throws<ToreException>(() => stage.Host.Start(Entry, StageFixture.Start(open)));
        OpenSequence second = stage.Route(first: true);
        await stage.Host.OpenAsync(Entry, second, None);
        Assert.Throws<ToreException>(() => stage.Host.Start(Entry, StageFixture.Start(second, promptLength: 33)));
        Assert.Throws<ToreException>(() => stage.Host.Start(Stranger, StageFixture.Start(second)));
    }

    [Fact]
    public async Task Dispose_TellsEveryEntryNode()
    {
        var stage = new StageFixture(new LayerRange(0, 3));
        OpenSequence open = await OpenAsync(stage, first: true);
        await stage.Host.DisposeAsync();
        SequenceFailed failed = stage.Next<SequenceFailed>();
        Assert.Equal((open.Sequence, ErrorCodes.Draining), (failed.Sequence, failed.Code));
        ToreException error = await Assert.ThrowsAsync<ToreException>(() => stage.Host.OpenAsync(Entry, stage.Route(first: true), None));
        Assert.Equal(ErrorCodes.Draining, error.Code);
        await stage.DisposeAsync();
    }

    private static async Task<OpenSequence> OpenAsync(StageFixture stage, bool first)
    {
        OpenSequence open = stage.Route(first);
        await stage.Host.OpenAsync(Entry, open, None);
        stage.Host.Start(Entry, StageFixture.Start(open));
        return open;
    }

    private static Activations Prompt(in OpenSequence open, int position, int[] ids, bool sample) =>
        new(open.Sequence, open.Route, position, ids.Length, 0, sample ? ActivationFlags.Sample : ActivationFlags.None, ids);

    private static Activations Rows(in OpenSequence open, int position, int count, StageFixture stage, bool sample) => new(
        open.Sequence, open.Route, position, count, stage.Shard.Worker.Shard.Width,
        sample ? ActivationFlags.Sample : ActivationFlags.None, default);
}
