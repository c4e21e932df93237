using Tore.Mesh.Membership.Swim;
using Tore.Mesh.Primitives;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Tests.Membership.Swim;

/// <summary>How news travels.</summary>
public sealed class GossipQueueTests
{
    private static int[] Peers(int count) => [.. Enumerable.Range(1, count)];

    [Theory]
    [InlineData(5, 4)] // 4 x ceil(log10(7)), rounded up to whole messages
    [InlineData(60, 8)]
    [InlineData(120, 12)]
    public void News_IsSentABoundedNumberOfTimes(int peers, int sends)
    {
        CoreStand stand = new CoreStand().Link(Peers(peers));
        stand.Run(30, Peers(peers)); // what the links brought has been sent on
        stand.Sent.Clear();
        stand.Tell(1, MemberUpdate.Of(CoreStand.Record(200)));
        stand.Run(30, Peers(peers));
        int sent = stand.Updates().Count(u => u.Node == CoreStand.Id(200) && u.Record is not null);
        Assert.InRange(sent, sends, sends + 2);
    }

    [Fact]
    public void News_GoesToThreePeersEachTick_TheFirstAtOnce()
    {
        CoreStand stand = new CoreStand().Link(Peers(60));
        stand.Run(30, Peers(60));
        stand.Sent.Clear();
        double began = stand.Seconds;
        stand.Tell(1, MemberUpdate.Of(CoreStand.Record(200)));
        stand.Run(0.01);
        Assert.Equal(3, stand.Sent.Where(s => s.Message is Gossip).Select(s => s.To).Distinct().Count());
        stand.Run(0.18);
        Assert.Equal(3, stand.Of<Gossip>().Count);
        stand.Run(0.02);
        Assert.Equal(6, stand.Of<Gossip>().Count);
        Assert.InRange(stand.Seconds - began, 0.2, 0.22);
        stand.Run(5, Peers(60));
        Assert.InRange(stand.Of<Gossip>().Count, 6, 9); // and then silence
    }

    [Fact]
    public void News_OfAMember_ReplacesOlderNewsOfIt()
    {
        CoreStand stand = new CoreStand().Link(Peers(5));
        stand.Tell(1, MemberUpdate.Of(CoreStand.Record(9, 1)));
        stand.Tell(1, MemberUpdate.Suspect(CoreStand.Id(9), 1, CoreStand.Id(1)));
        stand.Tell(1, MemberUpdate.Of(CoreStand.Record(9, 2)));
        stand.Sent.Clear();
        stand.Run(20, Peers(5));
        List<MemberUpdate> told = [.. stand.Updates().Where(u => u.Node == CoreStand.Id(9) && u.Record is not null)];
        Assert.NotEmpty(told);
        Assert.All(told, u => Assert.Equal(2ul, u.Incarnation));
    }

    [Fact]
    public void Take_LeastSentFirst_UntilTheMessageIsFull()
    {
        (GossipQueue queue, _) = Queue(living: 100);
        for (int peer = 1; peer <= 100; peer++)
        {
            queue.Add(MemberUpdate.Suspect(CoreStand.Id(peer), 1, CoreStand.Id(0)));
        }
        HashSet<NodeId> seen = [];
        for (int i = 0; i < 4; i++)
        {
            MemberUpdate[] taken = queue.Take(25 * 48, 1000, receivers: 1);
            Assert.Equal(25, taken.Length);
            Assert.All(taken, u => Assert.True(seen.Add(u.Node)));
        }
        MemberUpdate late = MemberUpdate.Suspect(CoreStand.Id(200), 1, CoreStand.Id(0));
        queue.Add(late);
        Assert.Equal(late, queue.Take(48, 1000, receivers: 1).Single());
        Assert.Equal(10, queue.Take(100_000, 10, receivers: 1).Length);
        Assert.Empty(queue.Take(47, 1000, receivers: 1));
    }

    [Fact]
    public void Take_SentOftenEnough_LeavesTheQueue()
    {
        (GossipQueue queue, _) = Queue(living: 100);
        queue.Add(MemberUpdate.Suspect(CoreStand.Id(1), 1, CoreStand.Id(0)));
        int sends = 0;
        while (queue.Count > 0)
        {
            sends += 3 * queue.Take(1000, 10, receivers: 3).Length;
        }
        Assert.Equal(12, sends);
    }

    [Fact]
    public void PingsAndPongs_CarryNews()
    {
        CoreStand stand = new CoreStand(MembershipOptions.Lan with { GossipInterval = TimeSpan.FromHours(1) }).Link(Peers(5));
        stand.Run(0.001);
        stand.Sent.Clear();
        stand.Tell(1, MemberUpdate.Of(CoreStand.Record(9)));
        stand.Feed(2, new Ping(1, 0));
        Assert.Contains(stand.Of<Pong>(2)[0].Updates, u => u.Node == CoreStand.Id(9));
        stand.Run(1.01, Peers(5));
        Assert.Contains(stand.Of<Ping>()[0].Updates, u => u.Node == CoreStand.Id(9));
        Assert.Empty(stand.Of<Gossip>());
    }

    [Fact]
    public void Ping_WithMoreNewsThanFits_StaysSmall()
    {
        CoreStand stand = new CoreStand().Link(Peers(5));
        stand.Tell(1, [.. Enumerable.Range(6, 200).Select(p => MemberUpdate.Of(CoreStand.Record(p)))]);
        stand.Feed(2, new Ping(1, 0));
        Assert.InRange(stand.Of<Pong>(2)[0].Updates.Sum(u => u.BytesMax), 1, Limits.PingUpdateBytes);
        stand.Run(0.01);
        Assert.All(stand.Of<Gossip>(), gossip => Assert.InRange(gossip.Updates.Sum(u => u.BytesMax), 1, Limits.GossipBytes));
    }

    [Fact]
    public void News_WithoutAnyLink_WaitsForOne()
    {
        var stand = new CoreStand();
        stand.Run(10);
        Assert.True(stand.Core.OnLinked(CoreStand.Id(1), CoreStand.Record(1), stand.Now));
        stand.Run(0.01);
        Assert.Contains(stand.Updates(1), u => u.Node == CoreStand.Id(0));
    }

    private static (GossipQueue Queue, MembershipContext Context) Queue(int living)
    {
        var clock = new ActiveClock();
        var context = new MembershipContext
        {
            Options = MembershipOptions.Lan,
            Effects = new CoreStand(starts: false),
            Random = new Random(1),
            Self = CoreStand.Id(0),
            Clock = clock,
            Timers = new TimerQueue(clock, static _ => false),
            Health = new LocalHealth(isOn: true),
        };
        for (int peer = 1; peer < living; peer++)
        {
            context.Table.Add(CoreStand.Record(peer), TimeSpan.Zero);
        }
        return (new GossipQueue(context), context);
    }
}
