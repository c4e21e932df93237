using FsCheck;
using FsCheck.Fluent;
using Tore.Mesh.Membership;
using Tore.Mesh.Primitives;
using Tore.Mesh.Tests.Support;

namespace Tore.Mesh.Tests.Membership;

public sealed class MeshClockTests
{
    private const long Noon = 1_767_268_800_000_000;

    [Fact]
    public void Offset_Alone_IsZero() => Assert.Equal(TimeSpan.Zero, new MeshClock().Offset(At(5)));

    [Fact]
    public void Offset_OnePeer_IsHalfWayBetweenTheTwo()
    {
        var clock = new MeshClock();
        clock.Observe(TestIds.Of(1), Ms(20), Noon + Us(seconds: 5.99 + 8), At(6));
        Assert.Equal(TimeSpan.FromSeconds(4), clock.Offset(At(6)));
        Assert.Equal(TimeSpan.FromSeconds(8), clock.OffsetOf(TestIds.Of(1), At(6)));
        Assert.Equal(Noon + Us(10), clock.UnixMicroseconds(At(6)));
    }

    [Fact]
    public void Offset_OwnClockAloneIsWrong_IsThatOfThePeers()
    {
        var clock = new MeshClock();
        for (int i = 1; i <= 4; i++)
        {
            clock.Observe(TestIds.Of(i), Ms(2), Noon + Us(3600) + i, At(0.001));
        }
        Assert.InRange(clock.Offset(At(0.001)).TotalSeconds, 3599.99, 3600.01);
    }

    [Fact]
    public void Offset_FewerThanHalfLie_StaysAmongTheHonest()
    {
        Prop.ForAll(Gen.Choose(0, 40).SelectMany(honest => Gen.Choose(0, honest).SelectMany(liars =>
            Gen.Choose(-1000, 1000).ListOf(honest).SelectMany(offsets =>
                Gen.Choose(int.MinValue, int.MaxValue).ListOf(liars).Select(lies => (offsets, lies))))).ToArbitrary(), given =>
        {
            var clock = new MeshClock();
            int id = 0;
            foreach (int milliseconds in given.offsets)
            {
                clock.Observe(TestIds.Of(++id), TimeSpan.Zero, Noon + (1000L * milliseconds), At(0));
            }
            foreach (int lie in given.lies)
            {
                clock.Observe(TestIds.Of(++id), TimeSpan.Zero, Noon + (lie * 50_000_000L), At(0));
            }
            double offset = clock.Offset(At(0)).TotalMilliseconds;
            Assert.InRange(offset, Math.Min(0, given.offsets.Append(0).Min()), given.offsets.Append(0).Max());
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void Observe_OfOnePeersReadings_TheLeastRoundTripCounts()
    {
        var clock = new MeshClock();
        // True offset 1 s; the slow one waited on its way back.
        Assert.True(clock.Observe(TestIds.Of(1), Ms(400), Noon + Us(1 + 0), At(0.4)));
        Assert.True(clock.Observe(TestIds.Of(1), Ms(2), Noon + Us(1 + 1 - 0.001), At(1)));
        Assert.False(clock.Observe(TestIds.Of(1), Ms(400), Noon + Us(1 + 2 - 0.4), At(2)));
        Assert.Equal(1, clock.OffsetOf(TestIds.Of(1), At(2))!.Value.TotalSeconds, 6);
    }

    [Fact]
    public void Observe_LongAfterTheBestReading_ALessExactOneReplacesIt()
    {
        var clock = new MeshClock();
        clock.Observe(TestIds.Of(1), Ms(2), Noon + Us(1), At(0.001));
        // Drift of 100 parts per million: 10 ms after 100 s, so that half of 20 ms is no worse.
        Assert.False(clock.Observe(TestIds.Of(1), Ms(20), Noon + Us(1 + 50 - 0.01), At(50)));
        Assert.True(clock.Observe(TestIds.Of(1), Ms(20), Noon + Us(1 + 100 - 0.01), At(100)));
    }

    [Fact]
    public void Observe_PeersClockWasSet_IsFollowedAtOnce()
    {
        var clock = new MeshClock();
        clock.Observe(TestIds.Of(1), Ms(2), Noon + Us(1), At(0.001));
        Assert.True(clock.Observe(TestIds.Of(1), Ms(30), Noon + Us(60 + 1), At(1)));
        Assert.InRange(clock.OffsetOf(TestIds.Of(1), At(1))!.Value.TotalSeconds, 59.9, 60.1);
    }

    [Fact]
    public void Offset_OwnClockIsSet_MovesOneVoiceOnly()
    {
        var clock = new MeshClock();
        for (int i = 1; i <= 4; i++)
        {
            clock.Observe(TestIds.Of(i), TimeSpan.Zero, Noon, At(0));
        }
        var jumped = new Moment(TimeSpan.FromSeconds(1), Noon + Us(1 + 3600));
        Assert.Equal(TimeSpan.FromSeconds(-3600), clock.Offset(jumped));
        Assert.Equal(Noon + Us(1), clock.UnixMicroseconds(jumped));
    }

    [Fact]
    public void Offset_ReadingsThatExpired_CountNoMore()
    {
        var clock = new MeshClock();
        clock.Observe(TestIds.Of(1), TimeSpan.Zero, Noon + Us(100), At(0));
        double life = MeshClock.ReadingLife.TotalSeconds;
        Assert.Equal(50, clock.Offset(At(life)).TotalSeconds);
        Assert.Equal(0, clock.Offset(At(life + 1)).TotalSeconds);
        Assert.Equal(0, clock.Readings);
        Assert.Null(clock.OffsetOf(TestIds.Of(1), At(life + 1)));
    }

    [Fact]
    public void Forget_PeerThatIsGone_CountsNoMore()
    {
        var clock = new MeshClock();
        clock.Observe(TestIds.Of(1), TimeSpan.Zero, Noon + Us(100), At(0));
        clock.Forget(TestIds.Of(1));
        Assert.Equal(TimeSpan.Zero, clock.Offset(At(0)));
    }

    [Theory]
    [InlineData(-1, Noon)]
    [InlineData(10_001, Noon)]
    [InlineData(1, -1)]
    [InlineData(1, long.MaxValue)]
    [InlineData(1, long.MinValue)]
    public void Observe_WhatTellsNoTime_IsRefused(int roundTripMs, long peerClock)
    {
        var clock = new MeshClock();
        Assert.False(clock.Observe(TestIds.Of(1), Ms(roundTripMs), peerClock, At(0)));
        Assert.Equal(0, clock.Readings);
    }

    private static Moment At(double seconds) => new(TimeSpan.FromSeconds(seconds), Noon + Us(seconds));

    private static TimeSpan Ms(double milliseconds) => TimeSpan.FromMilliseconds(milliseconds);

    private static long Us(double seconds) => (long)Math.Round(seconds * 1_000_000);
}
