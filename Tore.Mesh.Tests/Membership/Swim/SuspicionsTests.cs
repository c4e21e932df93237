using Tore.Mesh.Membership.Swim;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Tests.Membership.Swim;

/// <summary>From an accusation to the verdict. Peer 9 is the accused throughout.</summary>
public sealed class SuspicionsTests
{
    private const int Accused = 9;

    private static readonly int[] Others = [1, 2, 3, 4, 5, 6, 7, 8];

    private static readonly MembershipOptions Lan = MembershipOptions.Lan;

    /// <summary>Ten nodes: the shortest suspicion is 4 s, the longest 24 s.</summary>
    private static CoreStand Stand(MembershipOptions? options = null, int seed = 1) =>
        new CoreStand(options, seed: seed).Link([.. Others, Accused]);

    private static void Accuse(CoreStand stand, int by, int? relay = null) =>
        stand.Tell(relay ?? by, MemberUpdate.Suspect(CoreStand.Id(Accused), 1, CoreStand.Id(by)));

    /// <summary>Seconds until the accused is dead here, if nobody but <see cref="Others"/> answers.</summary>
    private static double? DeathAfter(CoreStand stand, double most = 60)
    {
        double began = stand.Seconds;
        while (stand.Seconds < began + most)
        {
            stand.Run(0.05, Others);
            if (stand.State(Accused) == MemberState.Dead)
            {
                return stand.Seconds - began;
            }
        }
        return null;
    }

    [Theory]
    [InlineData(1, 24)]
    [InlineData(2, 14)] // 24 - 20 log(2) / log(4)
    [InlineData(3, 8.15)] // 24 - 20 log(3) / log(4)
    [InlineData(4, 4)]
    [InlineData(8, 4)]
    public void Duration_ByConfirmations_FallsWithTheirLogarithm(int accusers, double seconds)
    {
        var suspicion = new Suspicion(Lan, CoreStand.Id(1), living: 10, TimeSpan.Zero, new Random(1));
        for (int i = 2; i <= accusers; i++)
        {
            Assert.Equal(i <= 4, suspicion.Confirm(CoreStand.Id(i)));
        }
        Assert.Equal(seconds, suspicion.EndsAt.TotalSeconds, 2);
    }

    [Theory]
    [InlineData(2, 4)] // nobody is left to confirm
    [InlineData(3, 24)]
    [InlineData(100, 48)]
    [InlineData(1000, 72)]
    public void Duration_Unconfirmed_GrowsWithTheMesh(int living, double seconds) =>
        Assert.Equal(seconds, new Suspicion(Lan, CoreStand.Id(1), living, TimeSpan.Zero, new Random(1)).EndsAt.TotalSeconds, 6);

    [Fact]
    public void Duration_WithoutDynamicSuspicion_IsTheShortest()
    {
        MembershipOptions plain = Lan with { DynamicSuspicion = false };
        var suspicion = new Suspicion(plain, CoreStand.Id(1), living: 10, TimeSpan.Zero, new Random(1));
        Assert.Equal(4, suspicion.EndsAt.TotalSeconds, 6);
        Assert.False(suspicion.Confirm(CoreStand.Id(2)));
    }

    [Fact]
    public void Confirm_SameAccuserAgain_CountsOnce()
    {
        var suspicion = new Suspicion(Lan, CoreStand.Id(1), living: 10, TimeSpan.Zero, new Random(1));
        Assert.False(suspicion.Confirm(CoreStand.Id(1)));
        Assert.True(suspicion.Confirm(CoreStand.Id(2)));
        Assert.False(suspicion.Confirm(CoreStand.Id(2)));
    }

    [Fact]
    public void Accusers_WhoAreNoMembers_CountAsTheOneWhoNamesThem()
    {
        CoreStand stand = Stand();
        for (int stranger = 100; stranger < 200; stranger++)
        {
            Accuse(stand, stranger, relay: 1);
        }
        // One liar is one accuser, whomever it invents: the suspicion stays long.
        Assert.InRange(stand.Member(Accused).Suspicion!.EndsAt.TotalSeconds - stand.Now.Elapsed.TotalSeconds, 20, 24);
    }

    [Fact]
    public void Suspect_NeverHeardOfAgain_IsDeadAfterTheConfirmedTime()
    {
        CoreStand stand = Stand();
        for (int by = 1; by <= 4; by++)
        {
            Accuse(stand, by);
        }
        Assert.Equal(MemberState.Suspect, stand.State(Accused));
        Assert.InRange(DeathAfter(stand)!.Value, 4, 5);
        stand.Run(0.3, Others);
        Assert.Contains(stand.Updates(), u => u.Kind == MemberUpdateKind.Dead && u.Accuser == CoreStand.Id(0));
    }

    [Fact]
    public void Suspect_ThatAnswersThisNodesProbe_IsAliveHere()
    {
        for (int seed = 1; seed <= 20; seed++)
        {
            CoreStand stand = Stand(seed: seed);
            for (int by = 1; by <= 4; by++)
            {
                Accuse(stand, by);
            }
            stand.Run(6, [.. Others, Accused]);
            Assert.Equal(MemberState.Alive, stand.State(Accused));
            Assert.Equal(0, stand.Core.Counts.Deaths);
            Assert.Equal(1, stand.Core.Counts.SuspicionsAnswered);
        }
    }

    [Fact]
    public void Suspect_ThatAnswers_WithoutTheOwnProbeRule_IsDeadAllTheSame()
    {
        CoreStand stand = Stand(Lan with { OwnProbe = false, BuddyRefutation = false });
        for (int by = 1; by <= 4; by++)
        {
            Accuse(stand, by);
        }
        stand.Run(6, [.. Others, Accused]);
        Assert.Equal(MemberState.Dead, stand.State(Accused));
    }

    [Fact]
    public void Answer_ToAPingFromBeforeTheSuspicion_DoesNotEndIt()
    {
        CoreStand stand = Stand();
        while (stand.Of<Ping>(Accused).Count == 0)
        {
            stand.Run(0.05, Others);
        }
        Ping before = stand.Of<Ping>(Accused)[0];
        stand.Run(0.1, Others);
        Accuse(stand, 1);
        stand.Feed(Accused, new Pong(before.Sequence, before.SentAtMicroseconds, 0));
        Assert.Equal(MemberState.Suspect, stand.State(Accused));
    }

    [Fact]
    public void OwnProbe_IsMadeInTheLaterHalf_AtDifferentTimes()
    {
        SortedSet<int> tenths = [];
        for (int seed = 1; seed <= 30; seed++)
        {
            // Probes in their turn are far apart, so that the own probe is the only ping.
            CoreStand stand = Stand(Lan with { ProbeInterval = TimeSpan.FromSeconds(1000), SuspicionFactor = 0.01 }, seed);
            Accuse(stand, 1); // lasts 60 s
            while (stand.Of<Ping>(Accused).Count == 0)
            {
                stand.Run(0.1, Others);
            }
            Assert.InRange(stand.Seconds, 29, 60);
            tenths.Add((int)(stand.Seconds / 6));
        }
        Assert.InRange(tenths.Count, 4, 6);
    }

    [Fact]
    public void OwnProbe_WithoutALink_DialsAndANewLinkIsTheAnswer()
    {
        CoreStand stand = Stand();
        stand.Core.OnUnlinked(CoreStand.Id(Accused), broken: false, stand.Now);
        for (int by = 1; by <= 4; by++)
        {
            Accuse(stand, by);
        }
        while (stand.Reached.Count == 0)
        {
            stand.Run(0.05, Others);
        }
        Assert.Equal(CoreStand.Id(Accused), stand.Reached[0]);
        Assert.Equal(MemberState.Suspect, stand.State(Accused));
        stand.Sent.Clear();
        stand.Core.OnLinked(CoreStand.Id(Accused), CoreStand.Record(Accused), stand.Now);
        Assert.Equal(MemberState.Alive, stand.State(Accused));
        // It is still told what is said of it elsewhere.
        Assert.Contains(stand.Of<Gossip>(Accused), gossip => gossip.Updates[0].Kind == MemberUpdateKind.Suspect);
    }

    [Fact]
    public void OwnProbe_Unreachable_IsAFailureButNoReasonToHurry()
    {
        CoreStand stand = Stand();
        stand.Core.OnUnlinked(CoreStand.Id(Accused), broken: false, stand.Now);
        for (int by = 1; by <= 4; by++)
        {
            Accuse(stand, by);
        }
        double began = stand.Seconds;
        while (stand.State(Accused) != MemberState.Dead)
        {
            stand.Run(0.02, Others);
            if (stand.Reached.Count > 0)
            {
                stand.Core.OnUnreachable(CoreStand.Id(Accused), stand.Now);
            }
        }
        Assert.InRange(stand.Seconds - began, 3.99, 4.1);
    }

    [Fact]
    public void Suspicion_ThatEndsBeforeTheOwnProbe_WaitsForIt()
    {
        CoreStand stand = Stand();
        Accuse(stand, 1);
        stand.Run(8, Others); // less than half of 24 s: no own probe yet
        for (int by = 2; by <= 4; by++)
        {
            Accuse(stand, by); // lasts 4 s, which are over
        }
        Assert.Equal(MemberState.Suspect, stand.State(Accused));
        Assert.InRange(DeathAfter(stand)!.Value, 0.4, 4);
    }

    [Fact]
    public void Buddy_WhoeverPingsASuspect_TellsItSo()
    {
        CoreStand stand = Stand();
        Accuse(stand, 1);
        stand.Run(30, Others);
        Assert.All(stand.Of<Ping>(Accused).Where((_, i) => i > 0), ping =>
            Assert.Contains(ping.Updates, u => u.Node == CoreStand.Id(Accused) && u.Kind == MemberUpdateKind.Suspect));
        stand.Feed(Accused, new Ping(1, 0));
        Assert.Equal(CoreStand.Id(Accused), stand.Of<Pong>(Accused)[^1].Updates[0].Node);
    }

    [Fact]
    public void Buddy_OwnAccusation_GoesToTheAccusedAtOnce()
    {
        // Without gossip, which might happen to go there too.
        CoreStand stand = Stand(Lan with { GossipFanout = 0 });
        while (stand.State(Accused) != MemberState.Suspect)
        {
            stand.Run(0.05, Others);
        }
        Assert.Contains(stand.Of<Gossip>(Accused), gossip =>
            gossip.Updates is [{ Kind: MemberUpdateKind.Suspect } only] && only.Node == CoreStand.Id(Accused));
    }

    [Fact]
    public void Buddy_Off_SuspectsHearNothingSpecial()
    {
        CoreStand stand = Stand(Lan with { BuddyRefutation = false });
        Accuse(stand, 1);
        stand.Run(20, Others);
        stand.Sent.Clear();
        stand.Run(3, Others);
        stand.Feed(Accused, new Ping(1, 0));
        Assert.Empty(stand.Updates(Accused));
    }

    [Fact]
    public void Dead_ThatIntroducesItselfAgain_IsToldAndRevivesByANewRecord()
    {
        CoreStand stand = Stand();
        for (int by = 1; by <= 4; by++)
        {
            Accuse(stand, by);
        }
        Assert.NotNull(DeathAfter(stand));
        stand.Core.OnUnlinked(CoreStand.Id(Accused), broken: false, stand.Now);
        stand.Sent.Clear();
        Assert.True(stand.Core.OnLinked(CoreStand.Id(Accused), CoreStand.Record(Accused), stand.Now));
        Assert.Equal(MemberState.Dead, stand.State(Accused));
        Assert.Contains(stand.Updates(Accused), u => u.Kind == MemberUpdateKind.Dead && u.Node == CoreStand.Id(Accused));
        stand.Tell(Accused, MemberUpdate.Of(CoreStand.Record(Accused, incarnation: 2)));
        Assert.Equal(MemberState.Alive, stand.State(Accused));
    }
}
