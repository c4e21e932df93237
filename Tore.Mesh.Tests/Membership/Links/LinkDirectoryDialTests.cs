using Tore.Mesh.Membership;
using Tore.Mesh.Membership.Links;
using Tore.Mesh.Membership.Swim;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Tests.Membership.Links;

/// <summary>Whom the directory dials, when, and what it remembers of it.</summary>
public sealed class LinkDirectoryDialTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void HintNobodyAnswers_IsForgotten()
    {
        var town = new LinkTown(5);
        LinkHouse house = town.Start(1);
        house.Directory.OnFound(LinkTown.Id(9), [LinkTown.Address(9)], town.Now);
        town.RunFor(3600);
        Assert.Equal(town.Options.ForgetAfter, house.Dialled.Count);
        Assert.Null(house.Directory.NextDeadline);
    }

    [Fact]
    public void HintTakenBack_IsDialledNoMore()
    {
        var town = new LinkTown(5);
        LinkHouse house = town.Start(1);
        house.Directory.OnFound(LinkTown.Id(9), [LinkTown.Address(9)], town.Now);
        town.RunFor(3);
        int dialled = house.Dialled.Count;
        Assert.InRange(dialled, 1, 4);
        house.Directory.OnLost(LinkTown.Id(9), town.Now);
        town.RunFor(60);
        Assert.Equal(dialled, house.Dialled.Count);
    }

    [Fact]
    public void HintAgain_ShortensTheWait_ButAFloodOfThemMakesNoFloodOfDials()
    {
        var town = new LinkTown(5);
        LinkHouse house = town.Start(1);
        house.Directory.OnFound(LinkTown.Id(9), [LinkTown.Address(9)], town.Now);
        town.RunFor(20);
        int dialled = house.Dialled.Count;
        house.Directory.OnFound(LinkTown.Id(9), [LinkTown.Address(9)], town.Now);
        town.RunFor(0.1);
        Assert.Equal(dialled + 1, house.Dialled.Count);
        for (int i = 0; i < 1000; i++)
        {
            house.Directory.OnFound(LinkTown.Id(9), [LinkTown.Address(9)], town.Now);
            town.RunFor(0.01);
        }
        Assert.InRange(house.Dialled.Count, dialled + 2, dialled + 25);
    }

    [Fact]
    public void FloodOfInventedHints_IsBounded()
    {
        var town = new LinkTown(5);
        LinkHouse house = town.Start(1);
        for (int i = 0; i < 5000; i++)
        {
            house.Directory.OnFound(LinkTown.Id(100 + i), [new PeerAddress($"host{i}", 7601)], town.Now);
        }
        for (int i = 0; i < 500; i++)
        {
            house.Directory.OnFound(LinkTown.Id(100), [new PeerAddress($"host{i}", 7602)], town.Now);
        }
        town.RunFor(7200);
        Assert.InRange(house.Dialled.Distinct().Count(), Limits.KnownAddresses / 2, Limits.KnownAddresses + Limits.NodeAddresses);
        Assert.InRange(house.Directory.Contacts().Length, 1, Limits.KnownAddresses + Limits.NodeAddresses);
        Assert.Null(house.Directory.NextDeadline);
    }

    [Fact]
    public void ManyAttempts_NoMoreThanEightAreUnderWayAtOnce()
    {
        var effects = new DialList();
        LinkDirectory directory = effects.Directory(1);
        for (int i = 2; i < 50; i++)
        {
            directory.OnFound(LinkTown.Id(i), [LinkTown.Address(i)], effects.Now);
        }
        effects.Run(directory, TimeSpan.FromSeconds(2));
        Assert.Equal(8, effects.Dialled.Count);
        directory.OnDialFailed(effects.Dialled[0].Address, "peer_unreachable", "no", effects.Now);
        Assert.Equal(9, effects.Dialled.Count);
        directory.OnLinkOpened(1, effects.Dialled[1].Expected!.Value, effects.Dialled[1].Address, effects.Dialled[1].Address, effects.Now);
        Assert.Equal(10, effects.Dialled.Count);
    }

    [Fact]
    public void ManyNodesAtOneBlockedAddress_EndWithoutDeepRecursion()
    {
        var effects = new DialList();
        LinkDirectory directory = effects.Directory(1);
        for (int i = 2; i < 1000; i++)
        {
            directory.OnFound(LinkTown.Id(i), [LinkTown.Address(7)], effects.Now);
        }
        effects.Run(directory, TimeSpan.FromSeconds(2));
        Assert.Single(effects.Dialled);
    }

    [Fact]
    public void AddressThatDoesNotAnswer_HoldsUpTheNextForASecond_WhenProbingForAQuarter()
    {
        var effects = new DialList();
        LinkDirectory directory = effects.Directory(1);
        directory.OnFound(LinkTown.Id(2), [LinkTown.Address(2), LinkTown.Address(3), LinkTown.Address(4)], effects.Now);
        effects.Run(directory, Second / 10);
        Assert.Single(effects.Dialled);
        effects.Run(directory, Second);
        Assert.Equal(2, effects.Dialled.Count);
        directory.OnDialFailed(LinkTown.Address(3), "peer_unreachable", "no", effects.Now);
        Assert.Equal([2, 3, 4], effects.Dialled.Select(d => int.Parse(d.Address.Host.Split('.')[3])));

        effects = new DialList();
        directory = effects.Directory(3);
        directory.OnFound(LinkTown.Id(2), [LinkTown.Address(2), LinkTown.Address(3), LinkTown.Address(4)], effects.Now);
        directory.Reach(LinkTown.Id(2), Second, effects.Now);
        Assert.Single(effects.Dialled);
        effects.Run(directory, Second * 0.6);
        Assert.Equal(3, effects.Dialled.Count);
    }

    [Fact]
    public void AddressThatAnswered_IsDialledFirstTheNextTime()
    {
        var effects = new DialList();
        LinkDirectory directory = effects.Directory(1);
        directory.OnFound(LinkTown.Id(2), [LinkTown.Address(2), LinkTown.Address(3)], effects.Now);
        effects.Run(directory, Second / 10);
        directory.OnDialFailed(LinkTown.Address(2), "peer_unreachable", "no", effects.Now);
        directory.OnLinkOpened(1, LinkTown.Id(2), LinkTown.Address(3), LinkTown.Address(3), effects.Now);
        directory.OnIntroduced(directory.Find(1)!, 1, effects.Now, out _);
        directory.OnLinkClosed(1, null, effects.Now);
        effects.Dialled.Clear();
        effects.Run(directory, Second);
        Assert.Equal(LinkTown.Address(3), effects.Dialled[0].Address);
        Assert.Equal(LinkTown.Id(2), effects.Dialled[0].Expected);
    }

    [Fact]
    public void Reach_WithoutAnAddress_IsUnreachableAtOnce()
    {
        var effects = new DialList();
        LinkDirectory directory = effects.Directory(1);
        directory.Reach(LinkTown.Id(2), Second, effects.Now);
        Assert.Equal([LinkTown.Id(2)], effects.NotReached);
    }

    [Fact]
    public void Reach_EveryAddressFailed_IsUnreachableThen_AndOnce()
    {
        var effects = new DialList { Recorded = { [LinkTown.Id(2)] = ["10.0.0.2:7601", "10.0.0.3:7601"] } };
        LinkDirectory directory = effects.Directory(1);
        directory.Reach(LinkTown.Id(2), Second, effects.Now);
        directory.OnDialFailed(LinkTown.Address(2), "peer_unreachable", "no", effects.Now);
        Assert.Empty(effects.NotReached);
        directory.OnDialFailed(LinkTown.Address(3), "peer_unreachable", "no", effects.Now);
        Assert.Equal([LinkTown.Id(2)], effects.NotReached);
        effects.Run(directory, 5 * Second);
        Assert.Single(effects.NotReached);
        Assert.Equal(2, effects.Dialled.Count);
    }

    [Fact]
    public void Reach_NoAnswerInTime_IsUnreachable_ThoughTheDialGoesOn()
    {
        var effects = new DialList { Recorded = { [LinkTown.Id(2)] = ["10.0.0.2:7601"] } };
        LinkDirectory directory = effects.Directory(1);
        directory.Reach(LinkTown.Id(2), Second, effects.Now);
        effects.Run(directory, Second * 0.9);
        Assert.Empty(effects.NotReached);
        effects.Run(directory, Second * 0.2);
        Assert.Equal([LinkTown.Id(2)], effects.NotReached);
        Assert.True(directory.OnLinkOpened(1, LinkTown.Id(2), LinkTown.Address(2), LinkTown.Address(2), effects.Now));
    }

    [Fact]
    public void Reach_LinkThatIsNeverIntroduced_IsUnreachable()
    {
        var effects = new DialList { Recorded = { [LinkTown.Id(2)] = ["10.0.0.2:7601"] } };
        LinkDirectory directory = effects.Directory(1);
        directory.Reach(LinkTown.Id(2), Second, effects.Now);
        directory.OnLinkOpened(1, LinkTown.Id(2), LinkTown.Address(2), LinkTown.Address(2), effects.Now);
        directory.OnLinkClosed(1, "banned", effects.Now);
        Assert.Equal([LinkTown.Id(2)], effects.NotReached);
        LinkFailure failure = Assert.Single(directory.Contacts()).Failure!.Value;
        Assert.Equal(("banned", 1), (failure.Code, failure.Count));
    }

    [Fact]
    public void Reach_DoesNotWaitBehindOtherAttempts()
    {
        var effects = new DialList { Recorded = { [LinkTown.Id(99)] = ["10.0.0.99:7601"] } };
        LinkDirectory directory = effects.Directory(1);
        for (int i = 2; i < 50; i++)
        {
            directory.OnFound(LinkTown.Id(i), [LinkTown.Address(i)], effects.Now);
        }
        effects.Run(directory, 2 * Second);
        directory.Reach(LinkTown.Id(99), Second, effects.Now);
        Assert.Equal(LinkTown.Address(99), effects.Dialled[^1].Address);
    }

    [Fact]
    public void Demand_MakesNoUnreachable()
    {
        var effects = new DialList { Recorded = { [LinkTown.Id(2)] = ["10.0.0.2:7601"] } };
        LinkDirectory directory = effects.Directory(1);
        Assert.False(directory.Demand(LinkTown.Id(2), effects.Now));
        directory.OnDialFailed(LinkTown.Address(2), "peer_unreachable", "no", effects.Now);
        Assert.Empty(effects.NotReached);
    }

    [Fact]
    public void LinkOnDemand_IsEndedTenSecondsAfterItWasLastNeeded()
    {
        var effects = new DialList { Recorded = { [LinkTown.Id(2)] = ["10.0.0.2:7601"] } };
        LinkDirectory directory = effects.Directory(1);
        directory.Reach(LinkTown.Id(2), Second, effects.Now);
        directory.OnLinkOpened(1, LinkTown.Id(2), LinkTown.Address(2), LinkTown.Address(2), effects.Now);
        directory.OnIntroduced(directory.Find(1)!, 1, effects.Now, out _);
        effects.Run(directory, 9 * Second);
        Assert.True(directory.Demand(LinkTown.Id(2), effects.Now));
        effects.Run(directory, 9 * Second);
        Assert.Empty(effects.Goodbyes);
        effects.Run(directory, 1.5 * Second);
        Assert.Equal([(1, LinkDirectory.NotNeeded)], effects.Goodbyes);
        Assert.Null(directory.LinkTo(LinkTown.Id(2)));
        Assert.Equal([(LinkTown.Id(2), false)], effects.Losses);
        // The peer closes it; if it does not, this end does.
        effects.Run(directory, 6 * Second);
        Assert.Equal([1], effects.Closed.Select(c => c.Link));
        Assert.Empty(effects.NotReached);
    }

    [Fact]
    public void LinkThatThePeerMade_IsThePeersToEnd()
    {
        var effects = new DialList();
        LinkDirectory directory = effects.Directory(1);
        directory.OnLinkOpened(1, LinkTown.Id(2), LinkTown.Address(2), null, effects.Now);
        directory.OnIntroduced(directory.Find(1)!, 1, effects.Now, out _);
        effects.Run(directory, 100 * Second);
        Assert.Empty(effects.Goodbyes);
        Assert.NotNull(directory.LinkTo(LinkTown.Id(2)));
    }

    [Fact]
    public void MemberThatCannotBeDialled_IsLinkedWhenItDials()
    {
        var town = new LinkTown(5);
        LinkHouse open = town.Start(1), hidden = town.Start(2);
        hidden.Listens.Clear();
        hidden.Directory.AddSeed(open.Address, town.Now);
        town.RunFor(20);
        Assert.Equal([2], open.Linked);
        foreach (HouseLink link in open.Open.Values.ToArray())
        {
            town.Break(link, open, code: null);
        }
        town.RunFor(60);
        Assert.Equal([2], open.Linked);
        Assert.Equal([1], hidden.Linked);
    }

    [Fact]
    public void MemberThatDied_IsUnlinkedAtOnce_AndDialledNoMore()
    {
        var town = new LinkTown(5);
        LinkHouse house = town.Start(1), other = town.Start(2, 1);
        town.RunFor(20);
        house.Forget(other.Id);
        Assert.Equal([(other.Id, false)], house.Losses);
        Assert.Null(house.Directory.LinkTo(other.Id));
        other.Kill();
        int dialled = house.Dialled.Count;
        town.RunFor(120);
        Assert.Equal(dialled, house.Dialled.Count);
    }

    [Fact]
    public void MemberWithNewAddresses_IsDialledThereAtOnce()
    {
        var effects = new DialList { Recorded = { [LinkTown.Id(2)] = ["10.0.0.2:7601"] } };
        LinkDirectory directory = effects.Directory(1);
        directory.OnMember(LinkTown.Id(2), isThere: true, effects.Now);
        effects.Run(directory, Second / 10);
        for (int i = 0; i < 6; i++)
        {
            directory.OnDialFailed(LinkTown.Address(2), "peer_unreachable", "no", effects.Now);
            effects.Run(directory, 20 * Second);
        }
        directory.OnDialFailed(LinkTown.Address(2), "peer_unreachable", "no", effects.Now);
        effects.Dialled.Clear();
        effects.Recorded[LinkTown.Id(2)] = ["10.0.0.3:7601", "not an address"];
        directory.OnMember(LinkTown.Id(2), isThere: true, effects.Now);
        effects.Run(directory, Second / 10);
        Assert.Equal([LinkTown.Address(3)], effects.Dialled.Select(d => d.Address));
        Assert.Equal([LinkTown.Address(3)], directory.Contacts().Select(c => c.Address));
    }

    [Fact]
    public void PeersThatAreNothingButAFailure_AreRemembered_SoManyOfThem()
    {
        var effects = new DialList();
        LinkDirectory directory = effects.Directory(1);
        for (int i = 2; i < 2000; i++)
        {
            effects.Recorded[LinkTown.Id(i)] = [LinkTown.Address(i).ToString()];
            directory.Reach(LinkTown.Id(i), Second, effects.Now);
            directory.OnDialFailed(LinkTown.Address(i), "peer_unreachable", "no", effects.Now);
        }
        LinkContact[] contacts = [.. directory.Contacts()];
        Assert.Equal(Limits.KnownAddresses, contacts.Length);
        Assert.Contains(contacts, c => c.Node == LinkTown.Id(1999));
        Assert.DoesNotContain(contacts, c => c.Node == LinkTown.Id(2));
    }

    [Fact]
    public void Contacts_SayWhatFailed_WhenAndHowOften_UntilItSucceeds()
    {
        var effects = new DialList { Recorded = { [LinkTown.Id(2)] = ["10.0.0.2:7601"] } };
        LinkDirectory directory = effects.Directory(1);
        directory.AddSeed(LinkTown.Address(9), effects.Now);
        directory.OnFound(LinkTown.Id(3), [LinkTown.Address(3)], effects.Now);
        directory.OnMember(LinkTown.Id(2), isThere: true, effects.Now);
        effects.Run(directory, Second / 10);
        long version = directory.ContactsVersion;
        directory.OnDialFailed(LinkTown.Address(9), "peer_unreachable", "refused", effects.Now);
        effects.Run(directory, Second);
        directory.OnDialFailed(LinkTown.Address(9), "wrong_mesh", new string('x', 10_000), effects.Now);
        directory.OnDialFailed(LinkTown.Address(2), "wrong_proof", "secret", effects.Now);
        Assert.True(directory.ContactsVersion > version);
        LinkContact[] contacts = [.. directory.Contacts()];
        Assert.Equal([LinkTown.Address(2), LinkTown.Address(3), LinkTown.Address(9)], contacts.Select(c => c.Address));
        Assert.Equal([ContactSource.Member, ContactSource.Mdns, ContactSource.Seed], contacts.Select(c => c.Source));
        Assert.Equal([LinkTown.Id(2), LinkTown.Id(3), null], contacts.Select(c => c.Node));
        Assert.Equal(new LinkFailure("wrong_proof", "secret", effects.Now.UnixMicroseconds, 1), contacts[0].Failure);
        Assert.Null(contacts[1].Failure);
        Assert.Equal(("wrong_mesh", 2), (contacts[2].Failure!.Value.Code, contacts[2].Failure!.Value.Count));
        Assert.InRange(contacts[2].Failure!.Value.Text.Length, 1, 300);

        effects.Run(directory, Second);
        directory.OnLinkOpened(1, LinkTown.Id(2), LinkTown.Address(2), LinkTown.Address(2), effects.Now);
        Assert.NotNull(directory.Contacts()[0].Failure);
        directory.OnIntroduced(directory.Find(1)!, 1, effects.Now, out _);
        Assert.Null(directory.Contacts()[0].Failure);
        Assert.True(directory.Contacts()[0].IsLinked);
    }

    [Fact]
    public void BannedNode_IsNeitherDialledNorTakenIn_AndLosesItsLinksWhenTheListChanges()
    {
        var town = new LinkTown(5);
        LinkHouse house = town.Start(1), other = town.Start(2, 1), third = town.Start(3, 1);
        house.Banned.Add(third.Id);
        town.RunFor(30);
        Assert.Equal([2], house.Linked);
        Assert.DoesNotContain(third.Address, house.Dialled);
        Assert.Contains("not_allowed", house.Closed);
        // It is told no, and tries ever more rarely.
        Assert.InRange(third.Dialled.Count(a => a == house.Address), 2, 12);

        house.Banned.Clear();
        house.Banned.Add(other.Id);
        house.Directory.OnAdmissionChanged(town.Now);
        town.RunFor(60);
        Assert.Equal([3], house.Linked);
    }
}
