using Tore.Mesh.Pipelines.Stages;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Tests.Pipelines.Stages;

public sealed class StageCoreTests
{
    private const int Prompt = 10;

    [Fact]
    public void OnToken_WithoutAcknowledgements_RunsAsManyAsMayBeAhead_ThenHolds()
    {
        var core = new StageCore(Prompt, positions: 100);
        for (int i = 0; i < Limits.TokensAhead - 1; i++)
        {
            Assert.Equal("Run", Step(core, Prompt + i));
        }
        Assert.Equal("Run", Step(core, Prompt + Limits.TokensAhead - 1));
        Assert.Equal("Hold", Step(core, Prompt + Limits.TokensAhead));
    }

    [Fact]
    public void OnAcknowledged_ReleasesTheHeldToken_Once()
    {
        StageCore core = Held();
        Assert.Equal((Prompt + Limits.TokensAhead, 7), core.OnAcknowledged(Prompt));
        Assert.Null(core.OnAcknowledged(Prompt + 1));
    }

    [Fact]
    public void OnAcknowledged_OldOrInvented_ReleasesNothing()
    {
        StageCore core = Held();
        Assert.Null(core.OnAcknowledged(Prompt - 1));
        Assert.Null(core.OnAcknowledged(Prompt + Limits.TokensAhead + 2));
        Assert.Null(core.OnAcknowledged(int.MaxValue));
        Assert.NotNull(core.OnAcknowledged(Prompt + Limits.TokensAhead));
    }

    [Fact]
    public void OnAcknowledged_BeforeTheTokenIsHere_CountsAllTheSame()
    {
        // The entry node's link was faster each time: were its acknowledgements dropped, the ring would stop for ever.
        var core = new StageCore(Prompt, positions: 500);
        for (int position = Prompt; position < 400; position++)
        {
            Assert.Null(core.OnAcknowledged(position));
            Assert.Equal("Run", Step(core, position));
        }
    }

    [Fact]
    public void OnToken_AcknowledgedEachTime_NeverHolds()
    {
        var core = new StageCore(Prompt, positions: 500);
        for (int position = Prompt; position < 400; position++)
        {
            Assert.Equal("Run", Step(core, position));
            Assert.Null(core.OnAcknowledged(position));
        }
    }

    [Fact]
    public void OnToken_Repeat_IsIgnored_AndAGap_IsBroken()
    {
        var core = new StageCore(Prompt, positions: 100);
        Assert.Equal("Run", Step(core, Prompt));
        Assert.Equal("Ignore", Step(core, Prompt));
        Assert.Equal("Broken", Step(core, Prompt + 2));
        Assert.Equal("Run", Step(core, Prompt + 1));
    }

    [Fact]
    public void OnToken_Last_IsNotRun()
    {
        var core = new StageCore(Prompt, positions: 100);
        Assert.Equal(StageCore.Step.Ignore, core.OnToken(Prompt, 7, isLast: true));
    }

    [Fact]
    public void OnToken_AtTheEndOfTheReservedPositions_IsNotRun_AndBeyondIsBroken()
    {
        var core = new StageCore(Prompt, positions: Prompt + 1);
        Assert.Equal("Ignore", Step(core, Prompt));
        Assert.Equal("Broken", Step(core, Prompt + 1));
    }

    private static StageCore Held()
    {
        var core = new StageCore(Prompt, positions: 100);
        for (int i = 0; i <= Limits.TokensAhead; i++)
        {
            core.OnToken(Prompt + i, 7, isLast: false);
        }
        return core;
    }

    private static string Step(StageCore core, int position) => core.OnToken(position, 7, isLast: false).ToString();
}
