using Tore.Mesh.Membership.Swim;
using Tore.Mesh.Primitives;
using Tore.Mesh.Tests.Support;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Tests.Membership.Swim;

/// <summary>Push-pull, step by step; and digests.</summary>
public sealed class TablePushTests
{
    [Fact]
    public void Digest_SameMembers_IsTheSameInAnyOrderAndWhoeverComputesIt()
    {
        // Node 0 knows 1 and 2; node 1, whose core is another one, knows 0 and 2.
        CoreStand zero = new CoreStand(stored: 4).Link(1, 2);
        MemberTable one = new() { Own = CoreStand.Record(1) };
        one.Add(CoreStand.Record(2, start: 99), TimeSpan.Zero);
        Member other = one.Add(CoreStand.Record(0, incarnation: 4), TimeSpan.Zero);
        Assert.NotEqual(zero.Core.Table.Digest, one.Digest);
        one.Renew(other, CoreStand.Record(0, incarnation: 5));
        Assert.Equal(zero.Core.Table.Digest, one.Digest);
        Assert.Equal(zero.Core.Table.Living, one.Living);
    }

    [Fact]
    public void Digest_LeavesOutSuspicion_ButNotDeath()
    {
        CoreStand stand = new CoreStand(MembershipOptions.Lan with { OwnProbe = false }).Link(1, 2);
        ulong before = stand.Core.Table.Digest;
        stand.Tell(1, MemberUpdate.Suspect(CoreStand.Id(2), 1, CoreStand.Id(1)));
        Assert.Equal((MemberState.Suspect, before), (stand.State(2), stand.Core.Table.Digest));
        stand.Tell(1, MemberUpdate.Dead(CoreStand.Id(2), 1, CoreStand.Id(1)));
        Assert.NotEqual(before, stand.Core.Table.Digest);
        stand.Tell(1, MemberUpdate.Of(CoreStand.Record(2, incarnation: 2)));
        stand.Core.OnAdmissionChanged(stand.Now);
        ulong with = stand.Core.Table.Digest;
        stand.Tell(1, MemberUpdate.Of(CoreStand.Record(2, incarnation: 2, leaves: true)));
        Assert.NotEqual(with, stand.Core.Table.Digest);
        Assert.Equal(new MemberTable { Own = stand.Core.OwnRecord }.Digest
            ^ new MemberTable { Own = CoreStand.Record(1) }.Digest, stand.Core.Table.Digest);
    }

    [Fact]
    public void NewLink_TheLowerIdBeginsWithItsDigest()
    {
        int[] peers = [.. Enumerable.Range(1, 20)];
        var stand = new CoreStand();
        foreach (int peer in peers)
        {
            Assert.True(stand.Core.OnLinked(CoreStand.Id(peer), CoreStand.Record(peer), stand.Now));
            Assert.Equal(CoreStand.Id(0) < CoreStand.Id(peer) ? 1 : 0, stand.Of<TableDigest>(peer).Count);
        }
    }

    [Fact]
    public void Timer_ComparesWithOneRandomPeerEachInterval()
    {
        int[] peers = [1, 2, 3, 4];
        CoreStand stand = new CoreStand().Link(peers);
        stand.Run(600, peers);
        Assert.InRange(stand.Of<TableDigest>().Count, 19, 21);
        Assert.InRange(stand.Sent.Where(s => s.Message is TableDigest).Select(s => s.To).Distinct().Count(), 3, 4);
    }

    [Fact]
    public void UnequalTables_AreComparedAgainSoon_AndEverLessOftenWhereThatDoesNotHelp()
    {
        int[] peers = [1, 2, 3, 4];
        CoreStand stand = new CoreStand().Link(peers);
        stand.Run(31, peers);
        int seen = stand.Of<TableDigest>().Count;
        List<double> times = [];
        for (double end = stand.Seconds + 300; stand.Seconds < end;)
        {
            stand.Run(0.1, peers);
            for (; seen < stand.Of<TableDigest>().Count; seen++)
            {
                // Each of them holds somebody whom it cannot show.
                NodeId asked = stand.Sent.Where(s => s.Message is TableDigest).ElementAt(seen).To;
                times.Add(stand.Seconds);
                stand.Feed(peers.Single(p => CoreStand.Id(p) == asked), new TableSummary([new(CoreStand.Id(99), 1)]));
            }
        }
        double[] pauses = [.. times.Zip(times.Skip(1), (a, b) => b - a)];
        Assert.InRange(pauses[0], 1, 3.2);
        Assert.InRange(pauses[1], 2, 6.2);
        Assert.All(pauses[4..], pause => Assert.InRange(pause, 29.8, 30.2));
    }

    [Fact]
    public void EqualDigest_EndsIt()
    {
        CoreStand stand = new CoreStand().Link(1, 2);
        stand.Feed(1, new TableDigest(stand.Core.Table.Digest, stand.Core.Table.Living));
        Assert.Empty(stand.Sent);
    }

    [Fact]
    public void OtherDigest_IsAnsweredWithTheLivingMembers_ButNotWithoutPause()
    {
        CoreStand stand = new CoreStand(MembershipOptions.Lan with { OwnProbe = false }, stored: 6).Link(1, 2, 3);
        stand.Tell(1, MemberUpdate.Dead(CoreStand.Id(3), 1, CoreStand.Id(1)));
        stand.Sent.Clear();
        stand.Feed(1, new TableDigest(1, 3));
        TableSummary summary = Assert.Single(stand.Of<TableSummary>(1));
        Assert.Equal(
            new[] { new SummaryEntry(CoreStand.Id(0), 7), new SummaryEntry(CoreStand.Id(1), 1), new SummaryEntry(CoreStand.Id(2), 1) },
            summary.Members.OrderBy(m => Array.FindIndex([CoreStand.Id(0), CoreStand.Id(1), CoreStand.Id(2)], id => id == m.Node)));
        for (int i = 0; i < 100; i++)
        {
            stand.Feed(1, new TableDigest(1, 3));
        }
        Assert.Single(stand.Of<TableSummary>(1));
        stand.Run(1.1, 1, 2);
        stand.Feed(1, new TableDigest(1, 3));
        Assert.Equal(2, stand.Of<TableSummary>(1).Count);
    }

    [Fact]
    public void Summary_IsAnsweredWithWhatTheOtherLacks_AndAsksForTheRest()
    {
        CoreStand stand = Asking(out int peer);
        stand.Tell(peer, MemberUpdate.Of(CoreStand.Record(31, 5)), MemberUpdate.Of(CoreStand.Record(32, 5)),
            MemberUpdate.Of(CoreStand.Record(33, 5)), MemberUpdate.Of(CoreStand.Record(34, 5, leaves: true)));
        stand.Sent.Clear();
        stand.Feed(peer, new TableSummary(
        [
            new(CoreStand.Id(peer), 1),
            new(CoreStand.Id(31), 5), // the same
            new(CoreStand.Id(32), 4), // older there
            new(CoreStand.Id(33), 6), // newer there
            new(CoreStand.Id(34), 5), // left
            new(CoreStand.Id(35), 1), // unknown here
        ]));
        TableEntries entries = Assert.Single(stand.Of<TableEntries>(peer));
        Assert.Equal([CoreStand.Id(33), CoreStand.Id(35)], entries.Wanted);
        Assert.Equal(
            new HashSet<(NodeId, ulong)> { (CoreStand.Id(0), 1), (CoreStand.Id(32), 5), (CoreStand.Id(34), 5) },
            [.. entries.Updates.Select(u => (u.Node, u.Incarnation))]);
        Assert.True(entries.Updates.Single(u => u.Node == CoreStand.Id(34)).Record!.Leaves);
    }

    [Fact]
    public void Summary_WithoutHavingAsked_IsIgnored()
    {
        CoreStand stand = Asking(out int peer);
        stand.Feed(peer, new TableSummary([new(CoreStand.Id(40), 1)]));
        stand.Feed(peer, new TableSummary([new(CoreStand.Id(41), 1)]));
        Assert.Single(stand.Of<TableEntries>());
    }

    [Fact]
    public void Summary_NamingTheDead_IsToldOfTheirDeath()
    {
        CoreStand stand = Asking(out int peer, MembershipOptions.Lan with { OwnProbe = false });
        stand.Tell(peer, MemberUpdate.Of(CoreStand.Record(31, 5)), MemberUpdate.Dead(CoreStand.Id(31), 5, CoreStand.Id(peer)));
        stand.Tell(peer, MemberUpdate.Of(CoreStand.Record(32, 5)), MemberUpdate.Dead(CoreStand.Id(32), 5, CoreStand.Id(peer)));
        stand.Sent.Clear();
        stand.Feed(peer, new TableSummary(
            [new(CoreStand.Id(0), 1), new(CoreStand.Id(peer), 1), new(CoreStand.Id(31), 5), new(CoreStand.Id(32), 4)]));
        IReadOnlyList<MemberUpdate> updates = Assert.Single(stand.Of<TableEntries>(peer)).Updates;
        Assert.Contains(updates, u => u.Kind == MemberUpdateKind.Dead && u.Node == CoreStand.Id(31) && u.Incarnation == 5);
        // Of an older life the other has no proof of the newer yet: it gets both.
        Assert.Equal([MemberUpdateKind.Record, MemberUpdateKind.Dead], updates.Where(u => u.Node == CoreStand.Id(32)).Select(u => u.Kind));
    }

    [Fact]
    public void Tombstones_ThatNobodyHoldsForLiving_DoNotTravel()
    {
        CoreStand stand = Asking(out int peer, MembershipOptions.Lan with { OwnProbe = false });
        stand.Tell(peer, MemberUpdate.Of(CoreStand.Record(31, 5)), MemberUpdate.Dead(CoreStand.Id(31), 5, CoreStand.Id(peer)));
        stand.Tell(peer, MemberUpdate.Of(CoreStand.Record(32, 5, leaves: true)));
        stand.Sent.Clear();
        stand.Feed(peer, new TableSummary([new(CoreStand.Id(0), 1), new(CoreStand.Id(peer), 1)]));
        Assert.Empty(stand.Sent);
    }

    [Fact]
    public void Entries_AccuseALinkedMember_ItIsToldAtOnce()
    {
        CoreStand stand = new CoreStand().Link(1, 2);
        stand.Feed(1, new TableEntries([MemberUpdate.Dead(CoreStand.Id(2), 1, CoreStand.Id(1))], []));
        Assert.Contains(stand.Of<Gossip>(2), g => g.Updates[0].Node == CoreStand.Id(2));
        stand.Tell(2, MemberUpdate.Of(CoreStand.Record(2, incarnation: 2)));
        stand.Run(0.01);
        Assert.Contains(stand.Updates(1), u => u.Node == CoreStand.Id(2) && u.Incarnation == 2);
    }

    [Fact]
    public void Wanted_IsAnsweredOnceASummary()
    {
        CoreStand stand = new CoreStand().Link(1, 2);
        stand.Feed(1, new TableEntries([], [CoreStand.Id(2)]));
        Assert.Empty(stand.Sent);
        stand.Feed(1, new TableDigest(1, 3));
        stand.Feed(1, new TableEntries([], [CoreStand.Id(2), CoreStand.Id(0), CoreStand.Id(77)]));
        stand.Feed(1, new TableEntries([], [CoreStand.Id(2)]));
        Assert.Equal([CoreStand.Id(2), CoreStand.Id(0)], Assert.Single(stand.Of<TableEntries>(1)).Updates.Select(u => u.Node));
    }

    [Fact]
    public void LargeTable_IsSentInSeveralFrames_EachBelowTheLimit()
    {
        CoreStand stand = Asking(out int peer);
        string[] addresses = [.. Enumerable.Range(0, 16).Select(i => new string('x', 240) + ":" + (1000 + i))];
        for (int i = 0; i < 400; i++)
        {
            stand.Tell(peer, MemberUpdate.Of(
                MemberSignature.Sign(new KeyedSigner(20_000 + i), MemberTown.Mesh, 1, 1, addresses, leaves: false)));
        }
        stand.Sent.Clear();
        stand.Feed(peer, new TableSummary([]));
        List<TableEntries> frames = stand.Of<TableEntries>(peer);
        Assert.InRange(frames.Count, 10, 20);
        Assert.All(frames, frame => Assert.InRange(frame.Updates.Sum(u => u.BytesMax), 1, Limits.TableEntriesBytes));
        Assert.Equal(402, frames.Sum(f => f.Updates.Count));
    }

    /// <summary>A core that has sent its digest to a peer, and has no other link.</summary>
    private static CoreStand Asking(out int peer, MembershipOptions? options = null)
    {
        var stand = new CoreStand(options);
        peer = Enumerable.Range(1, 20).First(p => CoreStand.Id(0) < CoreStand.Id(p));
        return stand.Link(peer);
    }
}
