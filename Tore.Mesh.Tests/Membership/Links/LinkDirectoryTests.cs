using Tore.Mesh.Membership.Links;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Tests.Membership.Links;

public sealed class LinkDirectoryTests
{
    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 25)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void OneSeed_ManyNodesAtOnce_EveryPairHasExactlyOneLink(int seed)
    {
        var town = new LinkTown(seed);
        for (int i = 1; i <= 8; i++)
        {
            town.Start(i, i == 1 ? [] : [1]);
        }
        town.RunFor(20);
        AssertFullMesh(town, 8);
        // Nobody was lost on the way: links that replace each other never leave a gap.
        Assert.All(town.Houses, h => Assert.Empty(h.Losses));
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void EverybodyDialsEverybody_AtOnce_OneLinkAPairRemains(int seed)
    {
        var town = new LinkTown(seed);
        for (int i = 1; i <= 5; i++)
        {
            town.Start(i, [.. Enumerable.Range(1, 5)]);
        }
        town.RunFor(20);
        AssertFullMesh(town, 5);
        Assert.All(town.Houses, h => Assert.Empty(h.Losses));
    }

    [Fact]
    public void NodesInAChain_OfSeeds_StillAllLink()
    {
        var town = new LinkTown(7);
        for (int i = 1; i <= 6; i++)
        {
            town.Start(i, i == 1 ? [] : [i - 1]);
            town.RunFor(2);
        }
        town.RunFor(20);
        AssertFullMesh(town, 6);
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public void NodeKilled_AndStartedAgain_IsLostThenBack(int seed)
    {
        var town = new LinkTown(seed);
        LinkHouse[] houses = [town.Start(1), town.Start(2, 1), town.Start(3, 1)];
        town.RunFor(20);
        houses[2].Kill();
        town.RunFor(1);
        Assert.Equal([2], houses[0].Linked);
        Assert.Equal([(LinkTown.Id(3), true)], houses[0].Losses);
        town.Start(3, 1);
        town.RunFor(20);
        AssertFullMesh(town, 3);
    }

    [Fact]
    public void SeedRestarts_Alone_IsFoundAgainByThoseWhoKnowIt()
    {
        var town = new LinkTown(3);
        LinkHouse seed = town.Start(1);
        town.Start(2, 1);
        town.Start(3, 1);
        town.RunFor(20);
        seed.Kill();
        town.RunFor(60);
        town.Bury(1);
        town.RunFor(180);
        town.Start(1);
        town.RunFor(60);
        AssertFullMesh(town, 3);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void RestartedNode_WhoseOldLinkNobodySawBreak_ReplacesItAtOnce(int restarted)
    {
        var town = new LinkTown(11);
        LinkHouse[] houses = [town.Start(1), town.Start(2, 1)];
        town.RunFor(20);
        LinkHouse other = houses[2 - restarted];
        houses[restarted - 1].IsCutOff = true;
        houses[restarted - 1].Kill();
        LinkHouse again = town.Start(restarted, 3 - restarted);
        town.RunFor(1);
        Assert.Equal([restarted], other.Linked);
        Assert.Same(again, other.Open[other.Directory.LinkTo(LinkTown.Id(restarted))!.Number].Other(other));
        town.RunFor(20);
        Assert.Single(other.Open);
    }

    [Fact]
    public void OnIntroduced_ByAnotherStart_SaysThatOneWasReplaced()
    {
        var town = new LinkTown(5);
        LinkHouse house = town.Start(1);
        LinkDirectory directory = house.Directory;
        directory.OnLinkOpened(1, LinkTown.Id(2), LinkTown.Address(2), null, town.Now);
        directory.OnLinkOpened(2, LinkTown.Id(2), LinkTown.Address(2), null, town.Now);
        directory.OnLinkOpened(3, LinkTown.Id(2), LinkTown.Address(2), null, town.Now);
        Assert.True(directory.OnIntroduced(directory.Find(1)!, 7, town.Now, out bool replaced));
        Assert.False(replaced);
        Assert.False(directory.OnIntroduced(directory.Find(2)!, 7, town.Now, out replaced));
        Assert.False(replaced);
        Assert.True(directory.OnIntroduced(directory.Find(3)!, 8, town.Now, out replaced));
        Assert.True(replaced);
        Assert.Equal(3, directory.LinkTo(LinkTown.Id(2))!.Number);
        Assert.False(directory.OnIntroduced(directory.Find(3)!, 9, town.Now, out replaced));
    }

    [Fact]
    public void LinkThatWasNotIntroduced_TakesNoMessages_WhileAnotherWas()
    {
        var effects = new DialList();
        LinkDirectory directory = effects.Directory(1);
        directory.OnLinkOpened(1, LinkTown.Id(2), LinkTown.Address(2), null, effects.Now);
        Assert.Null(directory.LinkTo(LinkTown.Id(2)));
        directory.OnIntroduced(directory.Find(1)!, 1, effects.Now, out _);
        directory.OnLinkOpened(2, LinkTown.Id(2), LinkTown.Address(2), null, effects.Now);
        Assert.Equal(1, directory.LinkTo(LinkTown.Id(2))!.Number);
        directory.OnIntroduced(directory.Find(2)!, 1, effects.Now, out _);
        Assert.Equal(2, directory.LinkTo(LinkTown.Id(2))!.Number);
        Assert.Equal([(1, LinkDirectory.Superseded)], effects.Goodbyes);
    }

    [Fact]
    public void IntroductionOnALinkThatIsOnItsWayOut_CountsForNothing()
    {
        var effects = new DialList();
        LinkDirectory directory = effects.Directory(1);
        directory.Demand(LinkTown.Id(2), effects.Now);
        directory.OnLinkOpened(1, LinkTown.Id(2), LinkTown.Address(2), null, effects.Now);
        directory.Find(1)!.RetiredAt = effects.Now.Elapsed;
        Assert.False(directory.OnIntroduced(directory.Find(1)!, 1, effects.Now, out _));
        Assert.Null(directory.LinkTo(LinkTown.Id(2)));
    }

    [Fact]
    public void SeedWhoseLinkBroke_IsDialledAgain_NotAtOnceByEverybody()
    {
        var effects = new DialList();
        LinkDirectory directory = effects.Directory(1);
        directory.AddSeed(LinkTown.Address(2), effects.Now);
        effects.Run(directory, TimeSpan.FromSeconds(0.1));
        directory.OnLinkOpened(1, LinkTown.Id(2), LinkTown.Address(2), LinkTown.Address(2), effects.Now);
        directory.OnIntroduced(directory.Find(1)!, 1, effects.Now, out _);
        effects.Run(directory, TimeSpan.FromSeconds(5));
        effects.Dialled.Clear();
        directory.OnLinkClosed(1, null, effects.Now);
        effects.Run(directory, TimeSpan.FromSeconds(0.15));
        Assert.Empty(effects.Dialled);
        effects.Run(directory, TimeSpan.FromSeconds(2));
        Assert.Single(effects.Dialled);
    }

    [Fact]
    public void Stop_TellsEverybody_AndDialsNobody()
    {
        var town = new LinkTown(5);
        LinkHouse first = town.Start(1), second = town.Start(2, 1);
        town.RunFor(20);
        int dialled = second.Dialled.Count;
        second.Directory.Stop();
        town.RunFor(0.3);
        Assert.Empty(first.Linked);
        Assert.Equal([(second.Id, false)], first.Losses);
        town.RunFor(60);
        Assert.Equal(dialled, second.Dialled.Count);
        Assert.Empty(second.Open);
        Assert.Contains(ErrorCodes.Draining, second.Closed);
    }

    [Fact]
    public void SeedNobodyAnswers_IsDialledForEver_EverMoreRarely()
    {
        var town = new LinkTown(5);
        LinkHouse house = town.Start(1, 9);
        town.RunFor(10);
        Assert.InRange(house.Dialled.Count, 4, 7);
        town.RunFor(3590);
        // Between 15 and 30 s each once the wait has grown.
        Assert.InRange(house.Dialled.Count, 120, 250);
    }

    [Fact]
    public void SeedWithAnotherNode_IsTheirsFromThen()
    {
        var town = new LinkTown(5);
        LinkHouse first = town.Start(1, 2), second = town.Start(2);
        town.RunFor(20);
        second.Kill();
        town.Bury(2);
        LinkHouse other = town.Start(3);
        other.Listens.Add(LinkTown.Address(2));
        town.RunFor(40);
        Assert.Equal([3], first.Linked);
        LinkContact contact = Assert.Single(first.Directory.Contacts(), c => c.Source == ContactSource.Seed);
        Assert.Equal(other.Id, contact.Node);
    }

    [Fact]
    public void OwnAddress_AsSeed_IsDialledOnce()
    {
        var town = new LinkTown(5);
        LinkHouse house = town.Start(1, 1);
        town.RunFor(600);
        Assert.Single(house.Dialled);
        Assert.Empty(house.Linked);
        Assert.Null(house.Directory.NextDeadline);
    }

    [Fact]
    public void PeerThatNeverIntroducesItself_IsClosed_AndItsAddressCountsAsFailed()
    {
        var town = new LinkTown(5);
        LinkHouse house = town.Start(1, 2), mute = town.Start(2);
        mute.IsMute = true;
        town.RunFor(4);
        Assert.Single(house.Open);
        Assert.Empty(house.Linked);
        town.RunFor(2);
        Assert.Contains(ErrorCodes.HandshakeTimeout, house.Closed);
        Assert.Equal(ErrorCodes.HandshakeTimeout, Assert.Single(house.Directory.Contacts()).Failure!.Value.Code);
    }

    [Fact]
    public void OnLinkOpened_ManyLinksOfOnePeer_AreBounded()
    {
        var town = new LinkTown(5);
        LinkHouse house = town.Start(1);
        for (int i = 0; i < Limits.LinksPerPeer; i++)
        {
            Assert.True(house.Directory.OnLinkOpened(i + 1, LinkTown.Id(2), LinkTown.Address(2), null, town.Now));
        }
        Assert.False(house.Directory.OnLinkOpened(99, LinkTown.Id(2), LinkTown.Address(2), null, town.Now));
        Assert.Equal([ErrorCodes.TooManyLinks], house.Closed);
    }

    [Fact]
    public void OnLinkOpened_BeyondTheLimit_IsRefused()
    {
        var town = new LinkTown(5);
        LinkHouse house = town.Start(1);
        for (int i = 0; i < Limits.ControlPeers; i++)
        {
            Assert.True(house.Directory.OnLinkOpened(i + 1, LinkTown.Id(i + 2), LinkTown.Address(2), null, town.Now));
        }
        Assert.False(house.Directory.OnLinkOpened(9999, LinkTown.Id(9999), LinkTown.Address(2), null, town.Now));
        Assert.Equal([ErrorCodes.TooManyLinks], house.Closed);
        // A second link of a peer that is already in is no further peer.
        Assert.True(house.Directory.OnLinkOpened(9998, LinkTown.Id(2), LinkTown.Address(2), null, town.Now));
        house.Directory.OnLinkClosed(9998, null, town.Now);
        house.Directory.OnLinkClosed(1, null, town.Now);
        Assert.True(house.Directory.OnLinkOpened(10_000, LinkTown.Id(9999), LinkTown.Address(2), null, town.Now));
    }

    [Theory]
    [InlineData(LinkDirectory.Superseded, true)]
    [InlineData(LinkDirectory.NotNeeded, true)]
    [InlineData(ErrorCodes.Draining, true)]
    [InlineData(ErrorCodes.TooManyLinks, true)]
    [InlineData(ErrorCodes.LinkClosed, false)]
    [InlineData(null, false)]
    public void IsOrderly_IsEveryEndByAWord(string? code, bool expected) => Assert.Equal(expected, LinkDirectory.IsOrderly(code));

    [Fact]
    public void TwoProcessesWithOneKey_DoNotChaseEachOthersLinksWithoutPause()
    {
        var town = new LinkTown(5);
        LinkHouse first = town.Start(2);
        LinkHouse twin = town.Start(1, 2);
        twin.Listens.Clear();
        town.RunFor(5);
        LinkHouse other = town.Start(1, 2);
        other.Listens.Clear();
        town.RunFor(600);
        Assert.InRange(twin.Dialled.Count + other.Dialled.Count, 10, 120);
        Assert.Equal([1], first.Linked);
    }

    private static void AssertFullMesh(LinkTown town, int nodes)
    {
        LinkHouse[] up = town.Up;
        Assert.Equal(nodes, up.Length);
        foreach (LinkHouse house in up)
        {
            Assert.Equal(up.Select(h => LinkTown.Number(h.Id)).Where(i => i != LinkTown.Number(house.Id)).Order(), house.Linked);
            Assert.Equal(nodes - 1, house.Open.Count);
            Assert.All(up.Where(h => h != house), h => Assert.Contains(house.Directory.LinkTo(h.Id)!.Number, house.Open.Keys));
        }
    }
}
