using Tore.Mesh.Membership.Swim;
using Tore.Mesh.Tests.Support;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Tests.Membership.Swim;

/// <summary>What a node says of itself.</summary>
public sealed class OwnMemberTests
{
    private static MemberUpdate Accusation(CoreStand stand, bool dead = false) => dead
        ? MemberUpdate.Dead(CoreStand.Id(0), stand.Core.OwnRecord.Incarnation, CoreStand.Id(1))
        : MemberUpdate.Suspect(CoreStand.Id(0), stand.Core.OwnRecord.Incarnation, CoreStand.Id(1));

    [Fact]
    public void Start_IncarnationIsOneMoreThanTheStoredOne_AndKept()
    {
        var stand = new CoreStand(stored: 41);
        Assert.Equal(42ul, stand.Core.OwnRecord.Incarnation);
        Assert.Equal([42ul], stand.Saved);
        Assert.True(stand.Core.IsGood(stand.Core.OwnRecord));
        Assert.Equal(["10.0.0.100:7601"], stand.Core.OwnRecord.Addresses);
    }

    [Fact]
    public void Start_IncarnationNotKept_DoesNotBegin()
    {
        var stand = new CoreStand(starts: false) { CanSave = false };
        Assert.False(stand.Begin());
        Assert.Null(stand.Core.NextDeadline);
        Assert.False(stand.Core.OnLinked(CoreStand.Id(1), CoreStand.Record(1), stand.Now));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Accused_IsRefutedAtOnce_SavedBeforeTold(bool dead)
    {
        CoreStand stand = new CoreStand(stored: 4).Link(1, 2);
        stand.Tell(1, Accusation(stand, dead));

        Assert.Equal([5ul, 6ul], stand.Saved);
        Assert.Equal(6ul, Assert.Single(stand.Updates(1)).Record!.Incarnation);
        Assert.Equal(1, stand.Core.Counts.Refutations);
        stand.Run(0.001);
        Assert.Contains(stand.Updates(2), u => u.Node == CoreStand.Id(0) && u.Incarnation == 6);
    }

    [Fact]
    public void Accused_InAPing_IsRefutedInThePong()
    {
        CoreStand stand = new CoreStand().Link(1);
        stand.Feed(1, new Ping(9, 0) { Updates = [Accusation(stand)] });
        Assert.Contains(stand.Of<Pong>(1).Single().Updates, u => u.Node == CoreStand.Id(0) && u.Incarnation == 2);
    }

    [Fact]
    public void Accused_SaveFails_SaysNothingNewUntilItSucceeds()
    {
        CoreStand stand = new CoreStand().Link(1);
        stand.CanSave = false;
        stand.Tell(1, Accusation(stand));
        stand.Run(0.9, 1);
        Assert.Equal(1ul, stand.Core.OwnRecord.Incarnation);
        Assert.DoesNotContain(stand.Updates(), u => u.Node == CoreStand.Id(0) && u.Incarnation > 1);

        stand.CanSave = true;
        stand.Run(1.1, 1);
        Assert.Equal(2ul, stand.Core.OwnRecord.Incarnation);
        Assert.Equal([1ul, 2ul], stand.Saved);
    }

    [Fact]
    public void Accused_OfAnOlderIncarnation_ShowsThePresentOneAndRaisesNothing()
    {
        CoreStand stand = new CoreStand(stored: 4).Link(1);
        stand.Tell(1, MemberUpdate.Dead(CoreStand.Id(0), 3, CoreStand.Id(1)));
        Assert.Equal(5ul, Assert.Single(stand.Updates(1)).Record!.Incarnation);
        Assert.Single(stand.Saved);
    }

    [Fact]
    public void Accused_OfAnIncarnationNeverSaid_IsIgnored()
    {
        CoreStand stand = new CoreStand().Link(1);
        stand.Tell(1, MemberUpdate.Dead(CoreStand.Id(0), ulong.MaxValue, CoreStand.Id(1)));
        Assert.Equal(1ul, stand.Core.OwnRecord.Incarnation);
        Assert.Empty(stand.Sent);
    }

    [Fact]
    public void Accused_WithoutPause_RefutesOnceASecond_AndStaysHealthyEnough()
    {
        CoreStand stand = new CoreStand().Link(1, 2);
        for (int i = 0; i < 600; i++)
        {
            stand.Tell(1, Accusation(stand));
            stand.Run(0.1, 1, 2);
        }
        Assert.InRange(stand.Core.OwnRecord.Incarnation, 55ul, 62ul);
        Assert.InRange(stand.Core.LocalHealth, 0, 3);
    }

    [Fact]
    public void OwnRecord_HigherThanRemembered_IsOverruled()
    {
        CoreStand stand = new CoreStand(stored: 2).Link(1);
        stand.Tell(1, MemberUpdate.Of(CoreStand.Record(0, incarnation: 50)));
        Assert.Equal(51ul, stand.Core.OwnRecord.Incarnation);
        Assert.Equal(51ul, stand.Saved[^1]);
        Assert.Null(stand.Core.DuplicateKey);
    }

    [Fact]
    public void OwnRecord_SameIncarnationOfAnotherStart_IsOverruled()
    {
        CoreStand stand = new CoreStand(start: 500).Link(1);
        stand.Tell(1, MemberUpdate.Of(CoreStand.Record(0, incarnation: 1, start: 499)));
        Assert.Equal(2ul, stand.Core.OwnRecord.Incarnation);
    }

    [Fact]
    public void OwnRecord_OwnFarewellOfAnEarlierLife_IsOverruled()
    {
        CoreStand stand = new CoreStand().Link(1);
        stand.Tell(1, MemberUpdate.Of(CoreStand.Record(0, incarnation: 9, leaves: true)));
        Assert.Equal(10ul, stand.Core.OwnRecord.Incarnation);
        Assert.False(stand.Core.OwnRecord.Leaves);
    }

    [Fact]
    public void OwnRecord_Forged_IsIgnored()
    {
        CoreStand stand = new CoreStand().Link(1);
        stand.TellForged(1, MemberUpdate.Of(CoreStand.Forged(0, ulong.MaxValue - 1)));
        Assert.Equal(1ul, stand.Core.OwnRecord.Incarnation);
        Assert.Equal(1, stand.Core.Counts.BadSignatures);
    }

    [Fact]
    public void OwnRecord_AtTheLastIncarnation_DoesNotWrapAround()
    {
        CoreStand stand = new CoreStand(stored: ulong.MaxValue - 2).Link(1);
        stand.Tell(1, MemberUpdate.Of(CoreStand.Record(0, incarnation: ulong.MaxValue)));
        Assert.Equal(ulong.MaxValue, stand.Core.OwnRecord.Incarnation);
        for (int i = 0; i < 5; i++)
        {
            stand.Tell(1, Accusation(stand));
            stand.Run(2, 1);
        }
        Assert.Equal(ulong.MaxValue, stand.Core.OwnRecord.Incarnation);
        Assert.All(stand.Saved, saved => Assert.True(saved > ulong.MaxValue - 3));
    }

    [Fact]
    public void Clone_ThatAnswersEveryRaise_IsNamedAndTheWarSlowsDown()
    {
        CoreStand stand = new CoreStand().Link(1, 2);
        int raises = 0;
        for (int i = 0; i < 6000; i++)
        {
            ulong told = stand.Core.OwnRecord.Incarnation;
            stand.Tell(1, MemberUpdate.Of(CoreStand.Record(0, told + 1, start: 77)));
            raises += stand.Core.OwnRecord.Incarnation > told ? 1 : 0;
            stand.Run(0.1, 1, 2);
        }
        Assert.Equal(77ul, stand.Core.DuplicateKey?.OtherStart);
        Assert.InRange(stand.Core.DuplicateKey!.Since.TotalSeconds, 1000, 1010);
        Assert.InRange(stand.Saved.Count, 4, 25);
        Assert.InRange(stand.Core.OwnRecord.Incarnation, 4ul, 1000ul);
    }

    [Fact]
    public void EarlierLife_ShownByPeersWhoRememberDifferentPartsOfIt_IsNoClone()
    {
        CoreStand stand = new CoreStand().Link(1, 2);
        ulong[] remembered = [50, 55, 60, 70, 90];
        foreach (ulong incarnation in remembered)
        {
            stand.Tell(1, MemberUpdate.Of(CoreStand.Record(0, incarnation, start: 77)));
            stand.Run(1.1, 1, 2);
        }
        Assert.Equal(91ul, stand.Core.OwnRecord.Incarnation);
        Assert.Null(stand.Core.DuplicateKey);
    }

    [Fact]
    public void OnAddressesChanged_IsANewRecord()
    {
        CoreStand stand = new CoreStand().Link(1);
        stand.Core.OnAddressesChanged(["192.0.2.9:7601"], stand.Now);
        Assert.Equal(2ul, stand.Core.OwnRecord.Incarnation);
        Assert.Equal(["192.0.2.9:7601"], stand.Core.OwnRecord.Addresses);
        Assert.Equal(0, stand.Core.Counts.Refutations);
        stand.Run(0.001);
        Assert.Contains(stand.Updates(1), u => u.Record?.Addresses[0] == "192.0.2.9:7601");
    }

    [Fact]
    public void OnAddressesChanged_MoreThanARecordHolds_SaysAsManyAsOthersRead()
    {
        var stand = new CoreStand();
        stand.Core.OnAddressesChanged([.. Enumerable.Range(0, 40).Select(i => new string('x', i < 5 ? 300 : 250) + ":1")], stand.Now);
        Assert.Equal(16, stand.Core.OwnRecord.Addresses.Count);
        CoreStand other = new CoreStand(seed: 2).Link(1);
        other.Tell(1, MemberUpdate.Of(MemberSignature.Sign(
            new KeyedSigner(5), MemberTown.Mesh, 1, 1, stand.Core.OwnRecord.Addresses, leaves: false)));
        Assert.Equal(16, other.Member(5).Addresses.Count);
    }

    [Fact]
    public void Leave_EveryLinkedPeerIsToldAtOnce_AndNothingIsDoneAnyMore()
    {
        CoreStand stand = new CoreStand().Link(1, 2, 3);
        stand.Core.Leave(stand.Now);
        for (int peer = 1; peer <= 3; peer++)
        {
            MemberRecord farewell = Assert.Single(stand.Updates(peer)).Record!;
            Assert.True(farewell.Leaves && stand.Core.IsGood(farewell));
        }
        Assert.Null(stand.Core.NextDeadline);
        stand.Sent.Clear();
        stand.Tell(1, Accusation(stand));
        Assert.Empty(stand.Sent);
    }
}
