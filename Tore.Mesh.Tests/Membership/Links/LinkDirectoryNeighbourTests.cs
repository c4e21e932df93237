using Tore.Mesh.Membership;
using Tore.Mesh.Membership.Links;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Tests.Membership.Links;

/// <summary>Whom to link with when the mesh is too large for everybody to link with everybody.</summary>
public sealed class LinkDirectoryNeighbourTests
{
    private static readonly LinkDirectoryOptions Small = new() { FullMeshNodes = 20, ChosenNeighbours = 4, LeastNeighbours = 5 };

    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void LargeMesh_EverybodyKeepsSomeNeighbours_AllOfThemHangTogether()
    {
        LinkTown town = Settled(60);
        int[] degrees = [.. town.Up.Select(h => h.Linked.Length)];
        // Four of its own choice, and about as many that chose it.
        Assert.InRange(degrees.Average(), 6.5, 8);
        Assert.All(degrees, d => Assert.InRange(d, 4, 18));
        Assert.All(town.Up, h => Assert.Equal(h.Linked.Length, h.Open.Count));
        Assert.Equal(60, ReachableFrom(town.Up[0], town));
    }

    [Fact]
    public void LargeMesh_RedrawsOneNeighbourIn5Minutes_AndNothingElse()
    {
        LinkTown town = Settled(60);
        int dialled = town.Up.Sum(h => h.Dialled.Count);
        town.RunFor(3600);
        // One dial for each redraw: 12 an hour; a few links end that the other end had chosen too, which dials then.
        double redraws = (town.Up.Sum(h => h.Dialled.Count) - dialled) / 60.0;
        Assert.InRange(redraws, 10, 16);
        Assert.All(town.Up, h => Assert.InRange(h.Linked.Length, 4, 18));
        Assert.Equal(60, ReachableFrom(town.Up[0], town));
    }

    [Fact]
    public void ChosenNeighboursThatDie_AreReplaced()
    {
        LinkTown town = Settled(60);
        foreach (LinkHouse house in town.Up.Take(25))
        {
            house.Kill();
            town.Bury(LinkTown.Number(house.Id));
        }
        town.RunFor(60);
        Assert.All(town.Up, h => Assert.InRange(h.Linked.Length, 4, 18));
        Assert.Equal(35, ReachableFrom(town.Up[0], town));
    }

    [Fact]
    public void MeshThatShrinks_LinksEverybodyAgain()
    {
        LinkTown town = Settled(60);
        foreach (LinkHouse house in town.Up.Take(45))
        {
            house.Kill();
            town.Bury(LinkTown.Number(house.Id));
        }
        town.RunFor(60);
        Assert.All(town.Up, h => Assert.Equal(14, h.Linked.Length));
    }

    [Fact]
    public void MeshThatGoesToAndFroAtTheLimit_DoesNotRelink()
    {
        var effects = new DialList();
        LinkDirectory directory = effects.Directory(1, Small);
        for (int i = 2; i <= 20; i++)
        {
            directory.OnMember(LinkTown.Id(i), isThere: true, effects.Now);
        }
        Assert.False(directory.IsSparse);
        directory.OnMember(LinkTown.Id(21), isThere: true, effects.Now);
        Assert.True(directory.IsSparse);
        directory.OnMember(LinkTown.Id(21), isThere: false, effects.Now);
        Assert.True(directory.IsSparse);
        for (int i = 17; i <= 20; i++)
        {
            directory.OnMember(LinkTown.Id(i), isThere: false, effects.Now);
        }
        Assert.False(directory.IsSparse);
    }

    [Fact]
    public void ChosenNeighbourThatCannotBeDialled_IsGivenUpForAnother()
    {
        var effects = new DialList();
        LinkDirectory directory = effects.Directory(1, Small);
        for (int i = 2; i <= 60; i++)
        {
            effects.Recorded[LinkTown.Id(i)] = [LinkTown.Address(i).ToString()];
            directory.OnMember(LinkTown.Id(i), isThere: true, effects.Now);
        }
        // Before it was large: eight attempts, of which none was answered.
        foreach ((PeerAddress address, _) in effects.Dialled.ToArray())
        {
            directory.OnDialFailed(address, "peer_unreachable", "no", effects.Now);
        }
        effects.Dialled.Clear();
        for (int second = 0; second < 60; second++)
        {
            foreach ((PeerAddress address, _) in effects.Dialled.ToArray())
            {
                directory.OnDialFailed(address, "peer_unreachable", "no", effects.Now);
            }
            effects.Run(directory, Second);
        }
        Assert.InRange(effects.Dialled.Distinct().Count(), 30, 59);
        // Four at a time, and each batch a second or so after the last failed: no storm.
        Assert.InRange(effects.Dialled.Count, 60, 60 * 8);
    }

    [Fact]
    public void MembersThatCannotBeDialled_AreChosenEverMoreRarely()
    {
        var effects = new DialList();
        LinkDirectory directory = effects.Directory(1, Small);
        for (int i = 2; i <= 22; i++)
        {
            effects.Recorded[LinkTown.Id(i)] = [LinkTown.Address(i).ToString()];
            directory.OnMember(LinkTown.Id(i), isThere: true, effects.Now);
        }
        int answered = 0;
        for (int tenth = 0; tenth < 1200; tenth++)
        {
            for (; answered < effects.Dialled.Count; answered++)
            {
                directory.OnDialFailed(effects.Dialled[answered].Address, "peer_unreachable", "no", effects.Now);
            }
            effects.Run(directory, Second / 10);
        }
        Assert.InRange(effects.Dialled.GroupBy(d => d.Address).Max(g => g.Count()), 3, 14);
    }

    [Fact]
    public void FullNode_InALargeMesh_MakesRoomForNewcomers()
    {
        var effects = new DialList();
        LinkDirectory directory = effects.Directory(1);
        for (int i = 2; i <= 400; i++)
        {
            directory.OnMember(LinkTown.Id(i), isThere: true, effects.Now);
        }
        effects.Run(directory, Second);
        int link = 0;
        for (int i = 2; i <= 1 + Limits.ControlPeers; i++)
        {
            Assert.True(directory.OnLinkOpened(++link, LinkTown.Id(i), LinkTown.Address(i), null, effects.Now));
            directory.OnIntroduced(directory.Find(link)!, 1, effects.Now, out _);
        }
        Assert.False(directory.OnLinkOpened(++link, LinkTown.Id(300), LinkTown.Address(9), null, effects.Now));
        effects.Run(directory, 2 * Second);
        for (int i = 300; i < 380; i++)
        {
            Assert.True(directory.OnLinkOpened(++link, LinkTown.Id(i), LinkTown.Address(9), null, effects.Now));
            directory.OnIntroduced(directory.Find(link)!, 1, effects.Now, out _);
        }
        Assert.Equal(80, effects.Goodbyes.Count(g => g.Code == ErrorCodes.TooManyLinks));
        Assert.Equal(Limits.ControlPeers, directory.LinkedPeers);
    }

    [Fact]
    public void NodeThatFewChose_ChoosesMoreItself_AndFewerAgainWhenOthersChooseIt()
    {
        var effects = new DialList();
        LinkDirectory directory = effects.Directory(1, Small with { ChosenNeighbours = 6, LeastNeighbours = 10 });
        for (int i = 2; i <= 60; i++)
        {
            effects.Recorded[LinkTown.Id(i)] = [LinkTown.Address(i).ToString()];
            directory.OnMember(LinkTown.Id(i), isThere: true, effects.Now);
        }
        int link = 0, answered = 0;
        void Answer()
        {
            for (; answered < effects.Dialled.Count; answered++)
            {
                (PeerAddress address, NodeId? node) = effects.Dialled[answered];
                if (directory.OnLinkOpened(++link, node!.Value, address, address, effects.Now))
                {
                    directory.OnIntroduced(directory.Find(link)!, 1, effects.Now, out _);
                }
            }
        }
        for (int second = 0; second < 100; second++)
        {
            Answer();
            effects.Run(directory, Second);
        }
        Assert.Equal(10, directory.LinkedPeers);

        for (int i = 2; i <= 60 && directory.LinkedPeers < 25; i++)
        {
            if (directory.LinkTo(LinkTown.Id(i)) is null)
            {
                directory.OnLinkOpened(++link, LinkTown.Id(i), LinkTown.Address(i), null, effects.Now);
                directory.OnIntroduced(directory.Find(link)!, 1, effects.Now, out _);
            }
        }
        for (int second = 0; second < 3600; second++)
        {
            Answer();
            effects.Run(directory, Second);
        }
        // Fifteen chose it, and six it chose, some of them those.
        Assert.InRange(directory.LinkedPeers, 15, 21);
    }

    [Fact]
    public void NodeThatTooManyChose_SendsThemElsewhere_OneASecond()
    {
        var effects = new DialList();
        LinkDirectory directory = effects.Directory(1);
        for (int i = 2; i <= 400; i++)
        {
            directory.OnMember(LinkTown.Id(i), isThere: true, effects.Now);
        }
        for (int i = 2; i <= 101; i++)
        {
            directory.OnLinkOpened(i, LinkTown.Id(i), LinkTown.Address(i), null, effects.Now);
            directory.OnIntroduced(directory.Find(i)!, 1, effects.Now, out _);
        }
        // The longest go first, but for one that somebody here uses.
        effects.Run(directory, 3 * Second);
        long[] used = [6, 7, 8, 9];
        foreach (long link in used)
        {
            directory.Demand(LinkTown.Id((int)link), effects.Now);
        }
        effects.Run(directory, 7 * Second);
        Assert.InRange(effects.Goodbyes.Count, 6, 13);
        Assert.DoesNotContain(effects.Goodbyes, g => used.Contains(g.Link));
        Assert.All(effects.Goodbyes, g => Assert.InRange(g.Link, 2, 30));
        effects.Run(directory, 100 * Second);
        Assert.All(effects.Goodbyes, g => Assert.Equal(ErrorCodes.TooManyLinks, g.Code));
        Assert.Equal(new LinkDirectoryOptions().MostNeighbours, directory.LinkedPeers);
    }

    [Fact]
    public void FullNode_InALargeMesh_KeepsItsOwnChoice()
    {
        var effects = new DialList();
        LinkDirectory directory = effects.Directory(1, new LinkDirectoryOptions { ChosenNeighbours = Limits.ControlPeers + 21 });
        for (int i = 2; i <= Limits.ControlPeers + 22; i++)
        {
            effects.Recorded[LinkTown.Id(i)] = [LinkTown.Address(i).ToString()];
            directory.OnMember(LinkTown.Id(i), isThere: true, effects.Now);
        }
        effects.Run(directory, 30 * Second);
        for (int i = 2; i <= 1 + Limits.ControlPeers; i++)
        {
            directory.OnLinkOpened(i, LinkTown.Id(i), LinkTown.Address(i), null, effects.Now);
            directory.OnIntroduced(directory.Find(i)!, 1, effects.Now, out _);
        }
        effects.Run(directory, 3 * Second);
        Assert.False(directory.OnLinkOpened(1000, LinkTown.Id(1000), LinkTown.Address(9), null, effects.Now));
        Assert.DoesNotContain(effects.Goodbyes, g => g.Code == ErrorCodes.TooManyLinks);
    }

    /// <summary>A town where everybody knows everybody, some minutes after its start.</summary>
    private static LinkTown Settled(int nodes)
    {
        var town = new LinkTown(3, Small);
        for (int i = 1; i <= nodes; i++)
        {
            town.Start(i, i == 1 ? [] : [i / 2]);
        }
        town.RunFor(120);
        Assert.All(town.Up, h => Assert.True(h.Directory.IsSparse));
        return town;
    }

    private static int ReachableFrom(LinkHouse first, LinkTown town)
    {
        Dictionary<int, LinkHouse> houses = town.Up.ToDictionary(h => LinkTown.Number(h.Id));
        var seen = new HashSet<int> { LinkTown.Number(first.Id) };
        var open = new Queue<LinkHouse>([first]);
        while (open.TryDequeue(out LinkHouse? house))
        {
            foreach (int next in house.Linked)
            {
                if (seen.Add(next))
                {
                    open.Enqueue(houses[next]);
                }
            }
        }
        return seen.Count;
    }
}
