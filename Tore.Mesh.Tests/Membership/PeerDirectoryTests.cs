using Tore.Mesh.Membership;
using Tore.Mesh.Primitives;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Tests.Membership;

public sealed class PeerDirectoryTests
{
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(20);

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 25)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void OneSeed_ManyNodesAtOnce_EveryPairHasExactlyOneLink(int seed)
    {
        var town = new Town(seed);
        for (int i = 1; i <= 8; i++)
        {
            town.Start(i, i == 1 ? [] : [1]);
        }
        town.RunUntil(Settled);
        AssertFullMesh(town, 8);
        // Nobody was lost on the way: links that replace each other never leave a gap.
        Assert.All(town.Houses, h => Assert.Equal(h.MemberCounts.Order(), h.MemberCounts));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void EverybodyDialsEverybody_AtOnce_OneLinkAPairRemains(int seed)
    {
        var town = new Town(seed);
        for (int i = 1; i <= 5; i++)
        {
            town.Start(i, [.. Enumerable.Range(1, 5)]);
        }
        town.RunUntil(Settled);
        AssertFullMesh(town, 5);
        Assert.All(town.Houses, h => Assert.Equal(h.MemberCounts.Order(), h.MemberCounts));
    }

    [Fact]
    public void NodesInAChain_OfSeeds_StillAllLink()
    {
        var town = new Town(7);
        for (int i = 1; i <= 6; i++)
        {
            town.Start(i, i == 1 ? [] : [i - 1]);
            town.RunUntil(town.Now + TimeSpan.FromSeconds(2));
        }
        town.RunUntil(town.Now + Settled);
        AssertFullMesh(town, 6);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void NodeKilled_AndStartedAgain_IsLostThenBackAsAnotherStart(int seed)
    {
        var town = new Town(seed);
        Town.House[] houses = [town.Start(1), town.Start(2, 1), town.Start(3, 1)];
        town.RunUntil(Settled);
        ulong before = houses[1].Directory.Snapshot.Members[Town.Id(3)].Info.Start;
        houses[2].Kill();
        town.RunUntil(town.Now + TimeSpan.FromSeconds(1));
        Assert.Equal([2], houses[0].Members);
        Assert.Equal([1], houses[1].Members);

        town.Start(3, 1);
        town.RunUntil(town.Now + Settled);
        AssertFullMesh(town, 3);
        Assert.NotEqual(before, houses[1].Directory.Snapshot.Members[Town.Id(3)].Info.Start);
    }

    [Fact]
    public void SeedRestarts_Alone_IsFoundAgainByThoseWhoKnowIt()
    {
        var town = new Town(3);
        Town.House seed = town.Start(1);
        town.Start(2, 1);
        town.Start(3, 1);
        town.RunUntil(Settled);
        seed.Kill();
        town.RunUntil(town.Now + TimeSpan.FromMinutes(3));
        town.Start(1);
        town.RunUntil(town.Now + TimeSpan.FromMinutes(1));
        AssertFullMesh(town, 3);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void RestartedNode_WhoseOldLinkNobodySawBreak_ReplacesItAtOnce(int restarted)
    {
        var town = new Town(11);
        Town.House[] houses = [town.Start(1), town.Start(2, 1)];
        town.RunUntil(Settled);
        Town.House other = houses[2 - restarted];
        houses[restarted - 1].IsCutOff = true;
        houses[restarted - 1].Kill();
        Town.House again = town.Start(restarted, 3 - restarted);
        town.RunUntil(town.Now + TimeSpan.FromSeconds(1));
        Assert.Equal([restarted], other.Members);
        PeerMember member = other.Directory.Snapshot.Members[Town.Id(restarted)];
        Assert.Contains(member.Link, again.Open);
        town.RunUntil(town.Now + Settled);
        Assert.Single(other.Open);
    }

    [Fact]
    public void SilentPeer_IsLostWithinTheLimit_AndBackWhenItIsHeardAgain()
    {
        var town = new Town(5);
        Town.House first = town.Start(1), second = town.Start(2, 1);
        town.RunUntil(Settled);
        second.IsCutOff = true;
        town.RunUntil(town.Now + TimeSpan.FromSeconds(7));
        Assert.Equal([2], first.Members);
        town.RunUntil(town.Now + TimeSpan.FromSeconds(6));
        Assert.Empty(first.Members);
        Assert.Empty(second.Members);

        second.IsCutOff = false;
        town.RunUntil(town.Now + TimeSpan.FromMinutes(1));
        AssertFullMesh(town, 2);
    }

    [Fact]
    public void IdleLink_IsPinged_AndMeasured()
    {
        var town = new Town(5);
        Town.House first = town.Start(1);
        town.Start(2, 1);
        town.RunUntil(TimeSpan.FromHours(1));
        PeerMember member = Assert.Single(first.Directory.Snapshot.Members).Value;
        Assert.InRange(member.RoundTrip!.Value.TotalMilliseconds, 2, 82);
        Assert.True(member.Since < TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void OwnInfoChanged_IsToldToEverybody()
    {
        var town = new Town(5);
        Town.House first = town.Start(1), second = town.Start(2, 1), third = town.Start(3, 1);
        town.RunUntil(Settled);
        (second.Slots, second.Revision) = (9, 1);
        second.Directory.OnOwnInfoChanged();
        town.RunUntil(town.Now + TimeSpan.FromSeconds(1));
        Assert.Equal(9, first.Directory.Snapshot.Members[Town.Id(2)].Info.Slots);
        Assert.Equal(9, third.Directory.Snapshot.Members[Town.Id(2)].Info.Slots);
    }

    [Fact]
    public void Stop_TellsEverybody_AndDialsNobody()
    {
        var town = new Town(5);
        Town.House first = town.Start(1), second = town.Start(2, 1);
        town.RunUntil(Settled);
        int dialled = second.Dialled.Count;
        second.Directory.Stop();
        town.RunUntil(town.Now + TimeSpan.FromSeconds(0.3));
        Assert.Empty(first.Members);
        town.RunUntil(town.Now + TimeSpan.FromMinutes(1));
        Assert.Equal(dialled, second.Dialled.Count);
    }

    [Fact]
    public void SeedNobodyAnswers_IsDialledForEver_EverMoreRarely()
    {
        var town = new Town(5);
        Town.House house = town.Start(1, 9);
        town.RunUntil(TimeSpan.FromSeconds(10));
        Assert.InRange(house.Dialled.Count, 4, 7);
        town.RunUntil(TimeSpan.FromHours(1));
        // Between 15 and 30 s each once the wait has grown.
        Assert.InRange(house.Dialled.Count, 120, 250);
    }

    [Fact]
    public void LearnedAddress_NobodyAnswers_IsForgotten()
    {
        var town = new Town(5);
        Town.House house = town.Start(1);
        house.Directory.OnFound(Town.Id(9), [Town.Address(9)], town.Now);
        town.RunUntil(TimeSpan.FromHours(1));
        Assert.Equal(new PeerDirectoryOptions().ForgetAfter, house.Dialled.Count);
        Assert.Null(house.Directory.NextDeadline);
    }

    [Fact]
    public void OwnAddress_AsSeed_IsDialledOnce()
    {
        var town = new Town(5);
        Town.House house = town.Start(1, 1);
        town.RunUntil(TimeSpan.FromMinutes(10));
        Assert.Single(house.Dialled);
        Assert.Empty(house.Members);
        Assert.Empty(house.Open);
    }

    [Fact]
    public void OnInfo_UnderAnotherId_ClosesTheLink()
    {
        var town = new Town(5);
        Town.House house = town.Start(1);
        Assert.True(house.Directory.OnLinkOpened(99, Town.Id(2), Town.Address(2), null, town.Now));
        house.Directory.OnInfo(99, new NodeInfo { Node = Town.Id(3) }, town.Now);
        Assert.Empty(house.Members);
    }

    [Fact]
    public void OnLinkOpened_BeyondTheLimit_IsRefused()
    {
        var town = new Town(5);
        Town.House house = town.Start(1);
        for (int i = 0; i < Limits.ControlPeers; i++)
        {
            Assert.True(house.Directory.OnLinkOpened(i + 1, Town.Id(i + 2), Town.Address(2), null, town.Now));
        }
        Assert.False(house.Directory.OnLinkOpened(9999, Town.Id(9999), Town.Address(2), null, town.Now));
        // A second link of a peer that is already in is no further peer.
        Assert.True(house.Directory.OnLinkOpened(9998, Town.Id(2), Town.Address(2), null, town.Now));
    }

    [Fact]
    public void OnPeers_FloodOfInventedNodes_IsBounded()
    {
        var town = new Town(5);
        Town.House house = town.Start(1);
        house.Directory.OnLinkOpened(1, Town.Id(2), Town.Address(2), null, town.Now);
        for (int i = 0; i < 20; i++)
        {
            KnownPeer[] invented = [.. Enumerable.Range(0, 1000).Select(j =>
                new KnownPeer(Town.Id(100 + (1000 * i) + j), [$"host{i}-{j}:7601", "nonsense"]))];
            house.Directory.OnPeers(1, invented, town.Now);
        }
        town.RunUntil(TimeSpan.FromMinutes(30));
        Assert.InRange(house.Dialled.Distinct().Count(), 1, Limits.KnownAddresses);
    }

    private static void AssertFullMesh(Town town, int nodes)
    {
        Town.House[] up = [.. town.Houses.Where(h => h.IsUp)];
        Assert.Equal(nodes, up.Length);
        foreach (Town.House house in up)
        {
            Assert.Equal(up.Select(h => h.Id).Where(i => i != house.Id).Order(), house.Directory.Snapshot.Members.Keys);
            Assert.Equal(nodes - 1, house.Open.Count);
            Assert.All(house.Directory.Snapshot.Members.Values, m => Assert.Contains(m.Link, house.Open));
        }
    }
}
