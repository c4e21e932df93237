using Tore.Mesh.Membership.Swim;
using Tore.Mesh.Primitives;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Tests.Membership.Swim;

/// <summary>Whole towns of cores: what the rules come to together.</summary>
public sealed class MembershipCoreTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 5)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Start_ManyNodesThatKnowOne_AllKnowAll(int seed)
    {
        MemberTown town = MemberTown.Of(20, seed, settleSeconds: 2);
        Assert.True(town.IsSettled());
        Assert.True(town.AreEqual());
        Assert.All(town.Houses, h => Assert.Equal(0, h.Core.Counts.Suspicions));
    }

    [Fact]
    public void PowerOff_OneOfSixteen_IsDeadEverywhere_HalfTheTimeWithinEightSeconds_AlmostAlwaysWithinFifteen()
    {
        List<double> seconds = [];
        for (int seed = 1; seed <= 50; seed++)
        {
            MemberTown town = MemberTown.Of(16, seed, settleSeconds: 5 + (seed / 50.0));
            town[5].PowerOff();
            seconds.Add(town.RunUntil(town.IsSettled, 60) ?? 99);
        }
        seconds.Sort();
        Assert.InRange(seconds[25], 3, 8);
        Assert.InRange(seconds[^1], 3, 15);
    }

    [Fact]
    public void Kill_OneOfSixteen_TheBrokenLinksShortenTheWait()
    {
        List<double> seconds = [];
        for (int seed = 1; seed <= 20; seed++)
        {
            MemberTown town = MemberTown.Of(16, seed);
            town[5].Kill();
            seconds.Add(town.RunUntil(town.IsSettled, 60) ?? 99);
        }
        Assert.InRange(seconds.Max(), 4, 7);
    }

    [Fact]
    public void AHundred_PowerOffAndJoin_AreSeenByAllInTime()
    {
        MemberTown town = MemberTown.Of(100, 1);
        town[5].PowerOff();
        Assert.InRange(town.RunUntil(town.IsSettled, 60) ?? 99, 3, 20);
        MemberHouse newcomer = town.Start(101);
        town.Dial(newcomer, town[50], reached: false);
        Assert.InRange(town.RunUntil(town.IsSettled, 10) ?? 99, 0, 3);
        Assert.True(town.AreEqual());
    }

    [Theory]
    [InlineData(16, 3, 1)]
    [InlineData(16, 3, 2)]
    [InlineData(16, 3, 3)]
    [InlineData(100, 5, 1)]
    public void Partition_Healed_TablesAreEqualInTime(int nodes, double seconds, int seed)
    {
        MemberTown town = MemberTown.Of(nodes, seed);
        for (int i = 0; i < nodes / 2; i++)
        {
            town[i].Side = 1;
        }
        Assert.NotNull(town.RunUntil(() => town.Up.All(h => h.Core.Table.Living == nodes / 2), 120));
        town.Run(30);
        foreach (MemberHouse house in town.Houses)
        {
            house.Side = 0;
        }
        Assert.InRange(town.RunUntil(() => town.IsSettled() && town.AreEqual(), 60) ?? 99, 0, seconds);
    }

    [Fact]
    public void Loss_TenPercent_KillsNobody()
    {
        MemberTown town = MemberTown.Of(40, 1);
        town.Loss = 0.1;
        town.Run(1800);
        Assert.All(town.Houses, h => Assert.Equal(0, h.Core.Counts.Deaths));
        Assert.True(town.IsSettled());
    }

    [Fact]
    public void Stalls_OfAQuarter_KillNoneOfTheOthers_AsPlainSwimDoes()
    {
        MembershipOptions plain = MembershipOptions.Lan with
        {
            LocalHealth = false,
            DynamicSuspicion = false,
            BuddyRefutation = false,
            OwnProbe = false,
        };
        Assert.Equal(0, FalseDeaths(MembershipOptions.Lan));
        Assert.InRange(FalseDeaths(plain), 20, int.MaxValue);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Restart_IsAnotherStartAtOnce_AndNeverDead(int seed)
    {
        MemberTown town = MemberTown.Of(10, seed);
        MemberHouse before = town[4];
        before.Kill();
        town.Run(0.5);
        MemberHouse after = town.Start(5, before.StoredIncarnation);
        town.Dial(after, town[0], reached: false);
        ulong start = after.Core.OwnRecord.Start;
        Assert.InRange(town.RunUntil(() => town.Up.All(h => h == after || h.MemberOf(after).Start == start), 10) ?? 99, 0, 3);
        town.Run(30);
        Assert.True(town.IsSettled() && town.AreEqual());
        Assert.All(town.Up, h => Assert.False(h.HeldDead(after)));
        Assert.Null(after.Core.DuplicateKey);
    }

    [Theory]
    [InlineData(0, true, 1)]
    [InlineData(0, true, 2)]
    [InlineData(0, false, 3)]
    [InlineData(2, true, 4)]
    [InlineData(2, false, 5)]
    public void Restart_WithAmnesiaOrAnOldBackup_Rejoins(ulong stored, bool wasDead, int seed)
    {
        MemberTown town = MemberTown.Of(10, seed);
        MemberHouse before = town[4];
        for (int i = 0; i < 5; i++)
        {
            before.Core.OnAddressesChanged([$"10.9.9.{i}:7601"], before.Moment);
            town.Run(2);
        }
        ulong reached = before.Core.OwnRecord.Incarnation;
        Assert.Equal(6ul, reached);
        before.Kill();
        town.Run(wasDead ? 60 : 0.2);
        Assert.Equal(wasDead, town[0].StateOf(before) == MemberState.Dead);

        MemberHouse after = town.Start(5, stored);
        town.Dial(after, town[0], reached: false);
        Assert.InRange(town.RunUntil(() => town.IsSettled() && town.AreEqual(), 30) ?? 99, 0, 3);
        Assert.Equal(reached + 1, after.Core.OwnRecord.Incarnation);
        Assert.All(town.Up.Where(h => h != after), h => Assert.Equal(after.Core.OwnRecord.Start, h.MemberOf(after).Start));
        Assert.Null(after.Core.DuplicateKey);
    }

    [Fact]
    public void Leave_IsSeenByAllAtOnce_AndNoOldNewsBringsItBack()
    {
        MemberTown town = MemberTown.Of(20, 1);
        MemberHouse leaver = town[7];
        MemberRecord before = leaver.Core.OwnRecord;
        leaver.Core.Leave(leaver.Moment);
        Assert.InRange(town.RunUntil(() => town.Houses.All(h => h == leaver || h.StateOf(leaver) == MemberState.Left), 5) ?? 99, 0, 0.1);
        leaver.Kill();
        town[3].TrySend(town[4].Id, new Gossip([MemberUpdate.Of(before)]));
        town.Run(60);
        Assert.All(town.Up, h => Assert.Equal(MemberState.Left, h.StateOf(leaver)));
        Assert.All(town.Up, h => Assert.DoesNotContain(h.History, e => e.State is MemberState.Suspect or MemberState.Dead));
    }

    [Fact]
    public void Pair_ThatCannotHearEachOther_StaysAliveForBoth()
    {
        MemberTown town = MemberTown.Of(10, 1);
        town.Deaf.Add((town[2], town[6]));
        town.Run(300);
        Assert.All(town.Houses, h => Assert.Equal(0, h.Core.Counts.Deaths));
    }

    [Fact]
    public void NodeCutOffAlone_IsBackWithEverybodyInTime()
    {
        MemberTown town = MemberTown.Of(16, 2);
        town[3].Side = 1;
        town.Run(60);
        Assert.All(town.Up.Where(h => h != town[3]), h => Assert.Equal(MemberState.Dead, h.StateOf(town[3])));
        town[3].Side = 0;
        Assert.InRange(town.RunUntil(() => town.IsSettled() && town.AreEqual(), 60) ?? 99, 0, 3);
    }

    [Fact]
    public void Clone_RunningWithTheSameKey_IsNamedByBoth_AndDoesNotKeepTheMeshBusy()
    {
        MemberTown town = MemberTown.Of(8, 1);
        MemberHouse clone = town.Start(3, town[2].StoredIncarnation);
        town.Dial(clone, town[0], reached: false);
        town.Run(120);
        Assert.NotNull(town[2].Core.DuplicateKey);
        Assert.NotNull(clone.Core.DuplicateKey);
        Assert.Equal(clone.Core.OwnRecord.Start, town[2].Core.DuplicateKey!.OtherStart);
        ulong before = clone.Core.OwnRecord.Incarnation;
        town.Run(600);
        Assert.InRange(clone.Core.OwnRecord.Incarnation - before, 1ul, 60ul);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Liars_ATenth_AccusingEverybodyWithoutPause_GetNobodyKilled_NorHideADeath(int seed)
    {
        MemberTown town = MemberTown.Of(20, seed);
        MemberHouse[] liars = [.. town.Houses.Take(2)];
        foreach (MemberHouse liar in liars)
        {
            Lie(town, liar);
        }
        town.Run(60);
        MemberHouse[] honest = [.. town.Houses.Except(liars)];
        Assert.All(honest, h => Assert.DoesNotContain(h.History, e => e.State == MemberState.Dead));
        Assert.All(honest, h => Assert.InRange(h.Core.OwnRecord.Incarnation, 20ul, 70ul));

        honest[5].PowerOff();
        Assert.InRange(
            town.RunUntil(() => honest.All(h => h == honest[5] || h.StateOf(honest[5]) == MemberState.Dead), 60) ?? 99, 3, 30);
    }

    [Fact]
    public void Run_SameSeed_IsTheSameToTheByte()
    {
        string[] runs = [.. Enumerable.Range(0, 2).Select(_ =>
        {
            MemberTown town = MemberTown.Of(20, 9);
            town.Loss = 0.2;
            town[4].PowerOff();
            town[5].Kill();
            town.Run(60);
            return string.Join('\n', town.Houses.Select(h => $"{h.BytesSent} {string.Join(' ', h.History)}"));
        })];
        Assert.Equal(runs[0], runs[1]);
    }

    [Fact]
    public void Idle_TrafficOfANode_HardlyGrowsWithTheMesh()
    {
        double[] bytes = [.. ((int[])[16, 100]).Select(nodes =>
        {
            MemberTown town = MemberTown.Of(nodes, 1);
            town.Run(60);
            long before = town.Houses.Sum(h => h.BytesSent);
            town.Run(300);
            return (town.Houses.Sum(h => h.BytesSent) - before) / 300.0 / nodes;
        })];
        Assert.InRange(bytes[1] / bytes[0], 0.8, 1.2);
        Assert.InRange(bytes[1], 50, 300); // a ping and a pong a second
    }

    /// <summary>
    /// A quarter of an hour in which a quarter of forty nodes stand still again and again: how often another is declared dead by anybody.
    /// </summary>
    private static int FalseDeaths(MembershipOptions options)
    {
        MemberTown town = MemberTown.Of(40, 3, options);
        HashSet<MemberHouse> sick = [.. town.Houses.Take(10)];
        foreach (MemberHouse house in sick)
        {
            Stall(town, house);
        }
        town.Run(900);
        return town.Houses.Sum(h => h.History.Count(e => e.State == MemberState.Dead && !sick.Contains(town.Of(e.Member))));
    }

    private static void Stall(MemberTown town, MemberHouse house)
    {
        // Short spells of running are what hurts: a node suspects what it did not hear, and has no time to be put right.
        TimeSpan run = TimeSpan.FromSeconds(1.5 * town.Random.NextDouble());
        TimeSpan stall = TimeSpan.FromSeconds(5 + (25 * town.Random.NextDouble()));
        town.Later(town.Now + run, () =>
        {
            house.Pause();
            town.Later(town.Now + stall, () =>
            {
                house.Resume();
                Stall(town, house);
            });
        });
    }

    /// <summary>Five times a second: everybody is suspect, everybody is dead, and everybody else says so.</summary>
    private static void Lie(MemberTown town, MemberHouse liar)
    {
        MemberUpdate[] lies = [.. town.Houses.Where(h => h != liar).SelectMany(h => (MemberUpdate[])
        [
            MemberUpdate.Suspect(h.Id, h.Core.OwnRecord.Incarnation, town.Houses[town.Random.Next(town.Houses.Count)].Id),
            MemberUpdate.Suspect(h.Id, h.Core.OwnRecord.Incarnation, town.Houses[town.Random.Next(town.Houses.Count)].Id),
            MemberUpdate.Dead(h.Id, h.Core.OwnRecord.Incarnation, town.Houses[town.Random.Next(town.Houses.Count)].Id),
        ])];
        foreach (NodeId peer in liar.Links.Keys.ToArray())
        {
            liar.TrySend(peer, new Gossip(lies));
        }
        town.Later(town.Now + TimeSpan.FromMilliseconds(200), () => Lie(town, liar));
    }
}
