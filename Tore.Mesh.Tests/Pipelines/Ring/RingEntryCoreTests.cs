using FsCheck;
using FsCheck.Fluent;
using Tore.Mesh.Pipelines.Ring;

namespace Tore.Mesh.Tests.Pipelines.Ring;

public sealed class RingEntryCoreTests
{
    [Fact]
    public void TryNextChunk_ShortPrompt_GoesOutAtOnceAsOne()
    {
        var core = new RingEntryCore(promptLength: 5, tokensMax: 3, windowRows: 100, chunkRows: 50);
        Assert.True(core.TryNextChunk(out RingEntryCore.Chunk chunk));
        Assert.Equal(new RingEntryCore.Chunk(0, 5, true), chunk);
        Assert.False(core.TryNextChunk(out _));
    }

    [Fact]
    public void TryNextChunk_FullWindow_WaitsForTheLastStage()
    {
        var core = new RingEntryCore(promptLength: 100, tokensMax: 3, windowRows: 40, chunkRows: 50);
        Assert.Equal(["0+20", "20+20"], Take(core));
        core.OnChunkDone(20);
        Assert.Equal(["40+20"], Take(core));
        core.OnChunkDone(60);
        Assert.Equal(["60+20", "80+20!"], Take(core));
    }

    [Fact]
    public void OnChunkDone_OldOrInvented_OpensNoWindow()
    {
        var core = new RingEntryCore(promptLength: 100, tokensMax: 3, windowRows: 40, chunkRows: 20);
        Take(core);
        core.OnChunkDone(41);
        core.OnChunkDone(int.MaxValue);
        core.OnChunkDone(0);
        Assert.Empty(Take(core));
    }

    [Fact]
    public void TryNextChunk_AnySizes_CoversThePromptInOrderWithinTheWindow() =>
        Prop.ForAll(Arb.From(Gen.Choose(1, 300)), Arb.From(Gen.Choose(1, 90)), Arb.From(Gen.Choose(1, 90)), (prompt, window, chunk) =>
        {
            var core = new RingEntryCore(prompt, 1, window, chunk);
            int sent = 0, done = 0;
            bool last = false;
            while (!last)
            {
                Assert.True(core.TryNextChunk(out RingEntryCore.Chunk next), "an empty window must let something out");
                do
                {
                    Assert.Equal(sent, next.Position);
                    Assert.InRange(next.Count, 1, chunk);
                    sent += next.Count;
                    Assert.InRange(sent - done, 1, window);
                    last = next.IsLast;
                    Assert.Equal(sent == prompt, last);
                }
                while (core.TryNextChunk(out next));
                done = sent;
                core.OnChunkDone(done);
            }
            Assert.Equal(prompt, sent);
        }).QuickCheckThrowOnFailure();

    [Fact]
    public void OnToken_InOrder_IsNewUntilTheLast()
    {
        RingEntryCore core = Prefilled(tokensMax: 3);
        Assert.Equal("New", Arrive(core, 5));
        Assert.Equal("New", Arrive(core, 6));
        Assert.False(core.IsComplete);
        Assert.Equal("New", Arrive(core, 7));
        Assert.True(core.IsComplete);
        Assert.Equal("Gap", Arrive(core, 8));
    }

    [Fact]
    public void OnToken_EndToken_Completes()
    {
        RingEntryCore core = Prefilled(tokensMax: 30);
        Assert.Equal(RingEntryCore.Arrival.New, core.OnToken(5, isLast: true));
        Assert.True(core.IsComplete);
    }

    [Theory]
    [InlineData(4, "Repeat")]
    [InlineData(6, "Gap")]
    [InlineData(-1, "Repeat")]
    public void OnToken_OutOfOrder_IsToldApart(int position, string expected)
    {
        RingEntryCore core = Prefilled(tokensMax: 30);
        Assert.Equal(expected, Arrive(core, position));
        Assert.Equal(5, core.NextPosition);
    }

    [Fact]
    public void OnToken_BeforeThePromptIsOut_IsAGap()
    {
        var core = new RingEntryCore(promptLength: 5, tokensMax: 3, windowRows: 100, chunkRows: 50);
        Assert.Equal("Gap", Arrive(core, 5));
    }

    private static RingEntryCore Prefilled(int tokensMax)
    {
        var core = new RingEntryCore(promptLength: 5, tokensMax, windowRows: 100, chunkRows: 50);
        Take(core);
        return core;
    }

    private static string[] Take(RingEntryCore core)
    {
        var chunks = new List<string>();
        while (core.TryNextChunk(out RingEntryCore.Chunk chunk))
        {
            chunks.Add($"{chunk.Position}+{chunk.Count}{(chunk.IsLast ? "!" : "")}");
        }
        return [.. chunks];
    }

    private static string Arrive(RingEntryCore core, int position) => core.OnToken(position, isLast: false).ToString();
}
