using Tore.Mesh.Membership.Swim;
using Tore.Mesh.Primitives;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Tests.Membership.Swim;

/// <summary>Whom a core probes, and how.</summary>
public sealed class ProberTests
{
    private static int[] Peers(int count) => [.. Enumerable.Range(1, count)];

    [Fact]
    public void Probes_EveryMemberOnceARound_InChangingOrder()
    {
        int[] peers = Peers(10);
        CoreStand stand = new CoreStand().Link(peers);
        stand.Run(10, peers); // the round in which they joined
        stand.Sent.Clear();
        stand.Run(30.5, peers);
        NodeId[] order = [.. stand.Sent.Where(s => s.Message is Ping).Select(s => s.To)];
        Assert.InRange(order.Length, 30, 31);
        NodeId[][] rounds = [.. Enumerable.Range(0, 3).Select(r => order[(10 * r)..((10 * r) + 10)])];
        Assert.All(rounds, round => Assert.Equal(10, round.Distinct().Count()));
        Assert.NotEqual(rounds[0], rounds[1]);
    }

    [Fact]
    public void Newcomer_IsProbedWithinTheRoundInWhichItCame()
    {
        int[] peers = Peers(10);
        for (int seed = 1; seed < 20; seed++)
        {
            CoreStand stand = new CoreStand(seed: seed).Link(peers);
            stand.Run(15.5, peers);
            stand.Link(11);
            stand.Run(11, [.. peers, 11]);
            Assert.NotEmpty(stand.Of<Ping>(11));
        }
    }

    [Fact]
    public void Probe_Unanswered_AsksThreeOthersAfterTheTimeout_AndSuspectsAtTheEndOfTheInterval()
    {
        CoreStand stand = new CoreStand().Link(Peers(10));
        while (stand.Of<Ping>().Count == 0)
        {
            stand.Run(0.01);
        }
        NodeId target = stand.Sent.First(s => s.Message is Ping).To;
        stand.Run(0.45);
        Assert.Empty(stand.Of<PingRequest>());
        stand.Run(0.1);
        Assert.Equal(3, stand.Sent.Where(s => s.Message is PingRequest).Select(s => s.To).Distinct().Count());
        Assert.All(stand.Of<PingRequest>(), request => Assert.Equal(target, request.Target));
        Assert.DoesNotContain(stand.Sent, s => s.Message is PingRequest && s.To == target);
        stand.Run(0.3);
        Assert.Equal(0, stand.Core.Counts.Suspicions);
        stand.Run(0.2);
        Assert.True(stand.Core.Table.TryGet(target, out Member? member));
        Assert.Equal(MemberState.Suspect, member.State);
    }

    [Fact]
    public void Probe_AnsweredLateOrThroughAnother_SuspectsNobody()
    {
        CoreStand late = Asked(out NodeId target, out int helper);
        Ping ping = late.Of<Ping>()[0];
        late.Feed(Enumerable.Range(1, 5).Single(p => CoreStand.Id(p) == target), new Pong(ping.Sequence, 0, 0));
        late.Run(0.5);
        Assert.Equal(0, late.Core.Counts.Suspicions);

        CoreStand relayed = Asked(out _, out helper);
        relayed.Feed(helper, new PingAnswer(relayed.Of<PingRequest>()[0].Sequence, Answered: true));
        relayed.Run(0.5);
        Assert.Equal(0, relayed.Core.Counts.Suspicions);
    }

    [Fact]
    public void Answer_OfSomebodyWhoWasNotAsked_DoesNotCount()
    {
        CoreStand stand = Asked(out NodeId target, out _);
        uint sequence = stand.Of<PingRequest>()[0].Sequence;
        NodeId[] asked = [.. stand.Sent.Where(s => s.Message is PingRequest).Select(s => s.To)];
        int stranger = Enumerable.Range(1, 5).Single(p => CoreStand.Id(p) != target && !asked.Contains(CoreStand.Id(p)));
        stand.Feed(stranger, new PingAnswer(sequence, Answered: true));
        // Nor does a pong of another for this ping.
        stand.Feed(stranger, new Pong(stand.Of<Ping>()[0].Sequence, 0, 0));
        stand.Run(0.5);
        Assert.Equal(1, stand.Core.Counts.Suspicions);
    }

    [Fact]
    public void LinkBroken_OthersAreAskedAtOnce_AndTheirNoIsTheVerdict()
    {
        CoreStand stand = new CoreStand().Link(Peers(5));
        stand.Core.OnUnlinked(CoreStand.Id(5), broken: true, stand.Now);
        List<PingRequest> requests = stand.Of<PingRequest>();
        Assert.Equal(3, requests.Count);
        foreach ((NodeId to, object message) in stand.Sent.ToArray())
        {
            if (message is PingRequest request)
            {
                Assert.Equal(MemberState.Alive, stand.State(5));
                stand.Feed(Enumerable.Range(1, 4).Single(p => CoreStand.Id(p) == to), new PingAnswer(request.Sequence, Answered: false));
            }
        }
        Assert.Equal(MemberState.Suspect, stand.State(5));
        Assert.Equal(0, stand.Core.LocalHealth);
    }

    [Fact]
    public void LinkEndedInOrder_IsNoReasonToProbe()
    {
        CoreStand stand = new CoreStand().Link(Peers(5));
        stand.Core.OnUnlinked(CoreStand.Id(5), broken: false, stand.Now);
        Assert.Empty(stand.Sent);
    }

    [Fact]
    public void LinkBroken_InAMeshOfTwo_TheOtherIsDialled()
    {
        CoreStand stand = new CoreStand().Link(1);
        stand.Core.OnUnlinked(CoreStand.Id(1), broken: true, stand.Now);
        Assert.Equal([CoreStand.Id(1)], stand.Reached);
        stand.Core.OnUnreachable(CoreStand.Id(1), stand.Now);
        Assert.Equal(MemberState.Suspect, stand.State(1));
        Assert.InRange(stand.Reached.Count, 1, 1);
        stand.Run(8);
        Assert.Equal(MemberState.Dead, stand.State(1));
    }

    [Fact]
    public void LinkBroken_AndBackDuringTheProbe_IsAnAnswer()
    {
        CoreStand stand = new CoreStand().Link(Peers(5));
        stand.Core.OnUnlinked(CoreStand.Id(5), broken: true, stand.Now);
        stand.Core.OnLinked(CoreStand.Id(5), CoreStand.Record(5), stand.Now);
        stand.Run(1, 1, 2, 3, 4);
        Assert.Equal(0, stand.Core.Counts.Suspicions);
    }

    [Fact]
    public void LargeMesh_OnlyLinkedMembersAreProbed_InASmallOneAll()
    {
        foreach (int others in (int[])[Limits.ControlPeers - 1, Limits.ControlPeers])
        {
            int[] linked = Peers(5);
            CoreStand stand = new CoreStand(MembershipOptions.Lan with { LocalHealth = false }).Link(linked);
            stand.Feed(1, new TableEntries([.. Enumerable.Range(6, others - 5).Select(p => MemberUpdate.Of(CoreStand.Record(p)))], []));
            Assert.Equal(others + 1, stand.Core.Table.Living);
            stand.Sent.Clear();
            stand.Run(40, linked);
            NodeId[] known = [.. linked.Select(CoreStand.Id)];
            bool probesOthers = stand.Of<PingRequest>().Any(request => !known.Contains(request.Target));
            int pinged = stand.Sent.Where(s => s.Message is Ping).Select(s => s.To).Distinct().Count();
            Assert.True(pinged == 5 || probesOthers);
            Assert.Equal(others < Limits.ControlPeers, probesOthers);
        }
    }

    [Fact]
    public void Request_IsAnsweredYesOrNo()
    {
        CoreStand stand = new CoreStand().Link(Peers(3));
        stand.Feed(1, new PingRequest(70, CoreStand.Id(2)));
        Ping ping = Assert.Single(stand.Of<Ping>(2));
        stand.Feed(2, new Pong(ping.Sequence, 0, 0));
        Assert.Equal([new PingAnswer(70, true)], stand.Of<PingAnswer>(1));

        stand.Sent.Clear();
        stand.Feed(1, new PingRequest(71, CoreStand.Id(3)));
        stand.Run(0.45);
        // In time for the asker, whose interval ends half a second after it asked.
        Assert.Equal([new PingAnswer(71, false)], stand.Of<PingAnswer>(1));
        stand.Feed(3, new Pong(stand.Of<Ping>(3)[0].Sequence, 0, 0));
        Assert.Single(stand.Of<PingAnswer>(1));
    }

    [Fact]
    public void Request_ForAMemberWithoutALink_DialsIt()
    {
        CoreStand stand = new CoreStand().Link(1, 2);
        stand.Tell(1, MemberUpdate.Of(CoreStand.Record(3)));
        stand.Feed(1, new PingRequest(70, CoreStand.Id(3)));
        stand.Feed(2, new PingRequest(80, CoreStand.Id(3)));
        Assert.Equal([CoreStand.Id(3), CoreStand.Id(3)], stand.Reached);
        stand.Core.OnLinked(CoreStand.Id(3), CoreStand.Record(3), stand.Now);
        Assert.Equal([new PingAnswer(70, true)], stand.Of<PingAnswer>(1));
        Assert.Equal([new PingAnswer(80, true)], stand.Of<PingAnswer>(2));
    }

    [Fact]
    public void Request_ForWhoCannotBeDialledOrIsUnknownOrDead_IsAnsweredNoAtOnce()
    {
        CoreStand stand = new CoreStand().Link(1);
        stand.Tell(1, MemberUpdate.Of(CoreStand.Record(3)), MemberUpdate.Of(CoreStand.Record(4, leaves: true)));
        stand.Feed(1, new PingRequest(70, CoreStand.Id(3)));
        stand.Core.OnUnreachable(CoreStand.Id(3), stand.Now);
        stand.Feed(1, new PingRequest(71, CoreStand.Id(4)));
        stand.Feed(1, new PingRequest(72, CoreStand.Id(5)));
        Assert.Equal([new PingAnswer(70, false), new PingAnswer(71, false), new PingAnswer(72, false)], stand.Of<PingAnswer>(1));
        Assert.Equal([CoreStand.Id(3)], stand.Reached);
    }

    [Fact]
    public void Requests_WithoutEnd_ArePursuedOnlyInBoundedNumber()
    {
        CoreStand stand = new CoreStand().Link(Peers(40));
        for (int asker = 1; asker <= 30; asker++)
        {
            for (uint i = 0; i < 100; i++)
            {
                stand.Feed(asker, new PingRequest(i, CoreStand.Id(40)));
            }
        }
        Assert.Equal(Limits.RelayedProbes, stand.Of<Ping>(40).Count);
        Assert.Equal(3000 - Limits.RelayedProbes, stand.Of<PingAnswer>().Count);
        stand.Run(0.45);
        Assert.Equal(3000, stand.Of<PingAnswer>().Count);
        stand.Sent.Clear();
        stand.Feed(1, new PingRequest(500, CoreStand.Id(40)));
        Assert.Single(stand.Of<Ping>(40));
    }

    [Fact]
    public void Pong_GivesRoundTripCoordinateAndClock()
    {
        CoreStand stand = new CoreStand().Link(1);
        while (stand.Of<Ping>(1).Count == 0)
        {
            stand.Run(0.01);
        }
        Ping ping = stand.Of<Ping>(1)[0];
        stand.Stall(0.2); // on its way
        Assert.True(WireCoordinate.TryCreate([3, 0, 0, 0, 0, 0, 0, 0, 1, 0.5f], out WireCoordinate there));
        stand.Feed(1, new Pong(ping.Sequence, ping.SentAtMicroseconds, stand.Now.UnixMicroseconds + 7_000_000) { Coordinate = there });
        Assert.InRange(stand.Member(1).RoundTrip!.Value.TotalSeconds, 0.2, 0.22);
        Assert.Equal(there, stand.Member(1).Coordinate);
        Assert.NotEqual(WireCoordinate.Origin, stand.Core.Coordinate.Value);
        Assert.InRange(stand.Core.Clock.OffsetOf(CoreStand.Id(1), stand.Now)!.Value.TotalSeconds, 7, 7.2);
        stand.Run(3, 1);
        Assert.NotNull(stand.Of<Ping>(1)[^1].Coordinate);
    }

    /// <summary>A core that has just asked others about a silent target.</summary>
    private static CoreStand Asked(out NodeId target, out int helper)
    {
        CoreStand stand = new CoreStand().Link(Peers(5));
        while (stand.Of<PingRequest>().Count == 0)
        {
            stand.Run(0.01);
        }
        target = stand.Of<PingRequest>()[0].Target;
        NodeId asked = stand.Sent.First(s => s.Message is PingRequest).To;
        helper = Enumerable.Range(1, 5).Single(p => CoreStand.Id(p) == asked);
        return stand;
    }
}
