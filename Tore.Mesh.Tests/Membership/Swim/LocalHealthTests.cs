using Tore.Mesh.Membership.Swim;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Tests.Membership.Swim;

/// <summary>Lifeguard's local health: a node that does badly itself gives others more time.</summary>
public sealed class LocalHealthTests
{
    private static readonly int[] Peers = [1, 2, 3, 4, 5];

    [Fact]
    public void Score_StaysWithinItsBounds()
    {
        var health = new LocalHealth(isOn: true);
        health.Improve();
        Assert.Equal((0, 1), (health.Score, health.Multiplier));
        health.Worsen(100);
        Assert.Equal((7, 8), (health.Score, health.Multiplier));
        var off = new LocalHealth(isOn: false);
        off.Worsen(100);
        Assert.Equal(1, off.Multiplier);
    }

    [Fact]
    public void Probes_WithoutAnyAnswer_NotEvenNo_SlowDown()
    {
        CoreStand stand = new CoreStand().Link(Peers);
        stand.Run(30);
        Assert.Equal(LocalHealth.Worst, stand.Core.LocalHealth);
        Assert.InRange(stand.Core.Counts.Probes, 3, 10);

        CoreStand plain = new CoreStand(MembershipOptions.Lan with { LocalHealth = false }).Link(Peers);
        plain.Run(30);
        Assert.Equal(0, plain.Core.LocalHealth);
        Assert.InRange(plain.Core.Counts.Probes, 25, 31);
    }

    [Fact]
    public void Probes_AnsweredNoByOneOther_ShowThatThisNodeHears()
    {
        CoreStand stand = new CoreStand().Link(Peers);
        int answered = 0;
        for (int i = 0; i < 300; i++)
        {
            stand.Run(0.1, 1, 2, 3, 4);
            List<PingRequest> requests = stand.Of<PingRequest>(1);
            for (; answered < requests.Count; answered++)
            {
                stand.Feed(1, new PingAnswer(requests[answered].Sequence, Answered: false));
            }
        }
        Assert.InRange(answered, 1, 100);
        Assert.InRange(stand.Core.LocalHealth, 0, 3);
    }

    [Fact]
    public void Probes_AnsweredAgain_Recover()
    {
        CoreStand stand = new CoreStand().Link(Peers);
        stand.Run(10);
        Assert.InRange(stand.Core.LocalHealth, 3, 7);
        stand.Run(60, Peers);
        Assert.Equal(0, stand.Core.LocalHealth);
    }

    [Fact]
    public void Stall_AllDeadlinesMoveByWhatWasMissed()
    {
        CoreStand stand = new CoreStand().Link(Peers);
        stand.Tell(1, MemberUpdate.Suspect(CoreStand.Id(5), 1, CoreStand.Id(1)));
        stand.Run(0.3, Peers);
        stand.Stall(120);
        stand.Core.OnTimer(stand.Now);

        // The suspicion, all probes: two minutes are gone, and nobody is worse off.
        Assert.Equal(MemberState.Suspect, stand.State(5));
        Assert.Equal(1, stand.Core.Counts.Stalls);
        Assert.Equal(1, stand.Core.LocalHealth);
        stand.Run(1, 1, 2, 3, 4);
        Assert.Equal(0, stand.Core.Counts.Deaths);
        Assert.InRange(stand.Core.NextDeadline!.Value, stand.Now.Elapsed, stand.Now.Elapsed + TimeSpan.FromSeconds(3));
        stand.Run(60, 1, 2, 3, 4);
        Assert.Equal(MemberState.Dead, stand.State(5));
    }

    [Fact]
    public void Stall_SeenFirstByAMessage_IsOneToo()
    {
        CoreStand stand = new CoreStand().Link(Peers);
        while (stand.Of<Ping>().Count == 0)
        {
            stand.Run(0.01);
        }
        int pinged = Enumerable.Range(1, 5).Single(p => CoreStand.Id(p) == stand.Sent.First(s => s.Message is Ping).To);
        Ping ping = stand.Of<Ping>(pinged)[0];
        stand.Stall(30);
        stand.Feed(pinged, new Pong(ping.Sequence, 0, 0));
        Assert.Equal(1, stand.Core.Counts.Stalls);
        Assert.Null(stand.Member(pinged).RoundTrip); // thirty seconds are not the network's
        stand.Run(0.8);
        Assert.Equal(0, stand.Core.Counts.Suspicions);
    }

    [Fact]
    public void Stall_WithoutLocalHealth_IsTakenForSilence()
    {
        CoreStand stand = new CoreStand(MembershipOptions.Lan with { LocalHealth = false, OwnProbe = false }).Link(Peers);
        stand.Tell(1, MemberUpdate.Suspect(CoreStand.Id(5), 1, CoreStand.Id(1)));
        stand.Run(0.3, Peers);
        stand.Stall(120);
        stand.Core.OnTimer(stand.Now);
        Assert.Equal(MemberState.Dead, stand.State(5));
        Assert.Equal(0, stand.Core.Counts.Stalls);
    }

    [Fact]
    public void Timers_ALittleLate_AreNoStall()
    {
        CoreStand stand = new CoreStand().Link(Peers);
        for (int i = 0; i < 100; i++)
        {
            stand.Run((stand.Core.NextDeadline!.Value - stand.Now.Elapsed).TotalSeconds - 0.000001, Peers);
            stand.Stall(0.4);
            stand.Core.OnTimer(stand.Now);
        }
        Assert.Equal(0, stand.Core.Counts.Stalls);
    }

    [Fact]
    public void Confirmations_ThatShortenASuspicionIntoThePast_AreNoStall()
    {
        CoreStand stand = new CoreStand().Link(1, 2, 3, 4, 5, 6);
        stand.Tell(1, MemberUpdate.Suspect(CoreStand.Id(6), 1, CoreStand.Id(1)));
        stand.Run(10, 1, 2, 3, 4, 5);
        for (int by = 2; by <= 5; by++)
        {
            stand.Tell(by, MemberUpdate.Suspect(CoreStand.Id(6), 1, CoreStand.Id(by)));
        }
        stand.Run(5, 1, 2, 3, 4, 5);
        Assert.Equal(0, stand.Core.Counts.Stalls);
    }
}
