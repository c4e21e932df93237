using Tore.Mesh.Identity;
using Tore.Mesh.Membership.Swim;
using Tore.Mesh.Primitives;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Tests.Membership.Swim;

/// <summary>What a core believes of what it hears.</summary>
public sealed class RumoursTests
{
    [Fact]
    public void Record_OfANewcomer_IsTakenInAndPassedOn()
    {
        CoreStand stand = new CoreStand().Link(1, 2);
        stand.Tell(1, MemberUpdate.Of(CoreStand.Record(3, incarnation: 4)));

        Assert.Equal(MemberState.Alive, stand.State(3));
        Assert.Equal(4ul, stand.Member(3).Incarnation);
        Assert.Contains(CoreStand.Id(3), stand.Changed);
        stand.Run(0.001);
        Assert.Contains(stand.Updates(2), u => u.Node == CoreStand.Id(3) && u.Record is not null);
    }

    [Fact]
    public void Record_HigherIncarnation_ReplacesWhateverWasHeld()
    {
        CoreStand stand = new CoreStand().Link(1);
        stand.Tell(1, MemberUpdate.Of(CoreStand.Record(3, incarnation: 4, start: 1)));
        stand.Tell(1, MemberUpdate.Suspect(CoreStand.Id(3), 4, CoreStand.Id(1)));
        Assert.Equal(MemberState.Suspect, stand.State(3));
        stand.Tell(1, MemberUpdate.Of(CoreStand.Record(3, incarnation: 5, start: 2)));

        Assert.Equal(MemberState.Alive, stand.State(3));
        Assert.Equal((5ul, 2ul), (stand.Member(3).Incarnation, stand.Member(3).Start));
    }

    [Fact]
    public void Record_OlderThanTheHeldOne_ChangesNothingAndIsShownTheNewer()
    {
        CoreStand stand = new CoreStand().Link(1);
        stand.Tell(1, MemberUpdate.Of(CoreStand.Record(3, incarnation: 5)));
        stand.Sent.Clear();
        stand.Tell(1, MemberUpdate.Of(CoreStand.Record(3, incarnation: 4, leaves: true)));

        Assert.Equal(MemberState.Alive, stand.State(3));
        Assert.Equal(5ul, Assert.Single(stand.Updates(1)).Record!.Incarnation);
    }

    [Theory]
    [InlineData(7, 8)]
    [InlineData(8, 7)]
    public void Record_SameIncarnationOfTwoStarts_TheLaterStaysWhicheverCameFirst(ulong first, ulong second)
    {
        CoreStand stand = new CoreStand().Link(1);
        stand.Tell(1, MemberUpdate.Of(CoreStand.Record(3, start: first)));
        stand.Tell(1, MemberUpdate.Suspect(CoreStand.Id(3), 1, CoreStand.Id(1)));
        stand.Tell(1, MemberUpdate.Of(CoreStand.Record(3, start: second)));
        Assert.Equal(8ul, stand.Member(3).Start);
        // What was said of this incarnation stands: only a newer one refutes it.
        Assert.Equal(MemberState.Suspect, stand.State(3));
    }

    [Fact]
    public void Farewell_AtTheSameIncarnation_BeatsAliveAndSuspectAndDead()
    {
        CoreStand stand = new CoreStand(MembershipOptions.Lan with { OwnProbe = false }).Link(1);
        stand.Tell(1, MemberUpdate.Of(CoreStand.Record(3)), MemberUpdate.Of(CoreStand.Record(4)), MemberUpdate.Of(CoreStand.Record(5)));
        stand.Tell(1, MemberUpdate.Suspect(CoreStand.Id(4), 1, CoreStand.Id(1)), MemberUpdate.Dead(CoreStand.Id(5), 1, CoreStand.Id(1)));
        Assert.Equal([MemberState.Alive, MemberState.Suspect, MemberState.Dead], [stand.State(3), stand.State(4), stand.State(5)]);
        for (int peer = 3; peer <= 5; peer++)
        {
            stand.Tell(1, MemberUpdate.Of(CoreStand.Record(peer, leaves: true)));
            Assert.Equal(MemberState.Left, stand.State(peer));
            // Nothing at this incarnation brings it back.
            stand.Tell(1, MemberUpdate.Of(CoreStand.Record(peer, start: 999)));
            stand.Tell(1, MemberUpdate.Suspect(CoreStand.Id(peer), 1, CoreStand.Id(1)));
            Assert.Equal(MemberState.Left, stand.State(peer));
        }
    }

    [Fact]
    public void Tombstone_EqualOrOlderRecord_IsNotRevivedButTheTellerIsTold()
    {
        CoreStand stand = Dead(out ulong incarnation);
        stand.Tell(1, MemberUpdate.Of(CoreStand.Record(3, incarnation)), MemberUpdate.Of(CoreStand.Record(3, incarnation, start: 999)));
        stand.Tell(1, MemberUpdate.Of(CoreStand.Record(3, incarnation - 1)));

        Assert.Equal(MemberState.Dead, stand.State(3));
        Assert.Contains(MemberUpdate.Dead(CoreStand.Id(3), incarnation, CoreStand.Id(0)), stand.Updates(1));
    }

    [Fact]
    public void Tombstone_NewerRecord_IsRevived()
    {
        CoreStand stand = Dead(out ulong incarnation);
        stand.Tell(1, MemberUpdate.Of(CoreStand.Record(3, incarnation + 1)));

        Assert.Equal(MemberState.Alive, stand.State(3));
        Assert.Equal(1, stand.Core.Counts.Revivals);
    }

    [Fact]
    public void Record_BadSignature_IsDroppedCountedAndEndsTheMessage()
    {
        CoreStand stand = new CoreStand().Link(1);
        stand.TellForged(1, MemberUpdate.Of(CoreStand.Forged(3, 4)), MemberUpdate.Of(CoreStand.Record(4)));
        Assert.Null(stand.State(3));
        Assert.Null(stand.State(4));
        Assert.Equal(1, stand.Core.Counts.BadSignatures);

        stand.Tell(1, MemberUpdate.Of(CoreStand.Record(3)));
        stand.TellForged(1, MemberUpdate.Of(CoreStand.Forged(3, ulong.MaxValue)));
        Assert.Equal(1ul, stand.Member(3).Incarnation);
        Assert.Equal(2, stand.Core.Counts.BadSignatures);
    }

    [Fact]
    public void Record_OfAnotherMesh_IsDropped()
    {
        CoreStand stand = new CoreStand().Link(1);
        stand.TellForged(1, MemberUpdate.Of(CoreStand.Record(3, mesh: new MeshId(MemberTown.Mesh.Value + 1))));
        Assert.Null(stand.State(3));
        Assert.Equal(1, stand.Core.Counts.BadSignatures);
    }

    [Fact]
    public void Record_ThatChangesNothing_IsNotVerified()
    {
        CoreStand stand = new CoreStand().Link(1);
        stand.Tell(1, MemberUpdate.Of(CoreStand.Record(3, incarnation: 5)));
        int before = stand.Verifier.Calls;
        for (int i = 0; i < 100; i++)
        {
            stand.Tell(1, MemberUpdate.Of(CoreStand.Record(3, incarnation: 5)), MemberUpdate.Of(CoreStand.Forged(3, 4)));
        }
        Assert.Equal(before, stand.Verifier.Calls);
    }

    [Fact]
    public void Records_OfOneMemberWithoutPause_AreTakenAtABoundedRate()
    {
        CoreStand stand = new CoreStand().Link(1);
        for (ulong i = 2; i < 2002; i++)
        {
            stand.Tell(1, MemberUpdate.Of(CoreStand.Record(3, i)));
        }
        Assert.InRange(stand.Verifier.Calls, 1, Limits.MemberRecordBurst + 3);
        Assert.InRange(stand.Core.Counts.TooManyRecords, 1900, 2000);
        stand.Run(5);
        stand.Tell(1, MemberUpdate.Of(CoreStand.Record(3, 3000)));
        Assert.Equal(3000ul, stand.Member(3).Incarnation);
    }

    [Fact]
    public void Records_ForgedInAnothersName_DoNotUseUpItsAllowance()
    {
        CoreStand stand = new CoreStand().Link(1);
        stand.Tell(1, MemberUpdate.Of(CoreStand.Record(3)));
        for (ulong i = 2; i < 102; i++)
        {
            stand.TellForged(1, MemberUpdate.Of(CoreStand.Forged(3, i)));
        }
        stand.Tell(1, MemberUpdate.Of(CoreStand.Record(3, 2)));
        Assert.Equal(2ul, stand.Member(3).Incarnation);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Hearsay_OfAnIncarnationThatNoRecordProves_IsIgnored(bool dead)
    {
        CoreStand stand = new CoreStand().Link(1, 2);
        stand.Tell(1, Claim(dead, 2, incarnation: ulong.MaxValue), Claim(dead, 2, incarnation: 2), Claim(dead, peer: 9, incarnation: 1));
        Assert.Equal(MemberState.Alive, stand.State(2));
        Assert.Null(stand.State(9));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Hearsay_OfAnOlderIncarnation_IsIgnoredAndShownTheRecord(bool dead)
    {
        CoreStand stand = new CoreStand().Link(1);
        stand.Tell(1, MemberUpdate.Of(CoreStand.Record(3, incarnation: 5)));
        stand.Sent.Clear();
        stand.Tell(1, Claim(dead, 3, incarnation: 4));
        Assert.Equal(MemberState.Alive, stand.State(3));
        Assert.Equal(5ul, Assert.Single(stand.Updates(1)).Record!.Incarnation);
    }

    [Fact]
    public void Death_ByHearsay_IsNoMoreThanSuspicion()
    {
        CoreStand stand = new CoreStand().Link(1, 2);
        stand.Tell(1, MemberUpdate.Dead(CoreStand.Id(2), 1, CoreStand.Id(1)));
        Assert.Equal(MemberState.Suspect, stand.State(2));
        // Whoever is held dead by somebody hears of it at once, over its own link.
        Assert.Contains(stand.Updates(2), u => u.Kind == MemberUpdateKind.Suspect && u.Node == CoreStand.Id(2));
    }

    [Fact]
    public void Death_ByHearsay_WithoutTheOwnProbeRule_Kills()
    {
        CoreStand stand = new CoreStand(MembershipOptions.Lan with { OwnProbe = false }).Link(1, 2);
        stand.Tell(1, MemberUpdate.Dead(CoreStand.Id(2), 1, CoreStand.Id(1)));
        Assert.Equal(MemberState.Dead, stand.State(2));
    }

    [Fact]
    public void Hearsay_InThisNodesOwnName_IsIgnored()
    {
        CoreStand stand = new CoreStand().Link(1, 2);
        stand.Tell(1, MemberUpdate.Suspect(CoreStand.Id(2), 1, CoreStand.Id(0)));
        Assert.Equal(MemberState.Alive, stand.State(2));
    }

    [Fact]
    public void Member_NotAdmitted_IsNeitherTakenInNorLinkedNorSuspected()
    {
        bool bans = true;
        var stand = new CoreStand(admits: id => !bans || id != CoreStand.Id(3));
        stand.Link(1);
        stand.Tell(1, MemberUpdate.Of(CoreStand.Record(3)), MemberUpdate.Suspect(CoreStand.Id(3), 1, CoreStand.Id(1)));
        Assert.Null(stand.State(3));
        Assert.False(stand.Core.OnLinked(CoreStand.Id(3), CoreStand.Record(3), stand.Now));

        bans = false;
        stand.Link(3);
        bans = true;
        stand.Core.OnAdmissionChanged(stand.Now);
        Assert.Null(stand.State(3));
        Assert.Equal(2, stand.Core.Table.Living);
        stand.Run(60, 1);
        Assert.DoesNotContain(stand.Updates(), u => u.Node == CoreStand.Id(3) && u.Kind != MemberUpdateKind.Record);
    }

    [Fact]
    public void OnLinked_RecordThatIsNotThePeersOwn_IsRefused()
    {
        var stand = new CoreStand();
        Assert.False(stand.Core.OnLinked(CoreStand.Id(1), CoreStand.Record(2), stand.Now));
        Assert.False(stand.Core.OnLinked(CoreStand.Id(1), CoreStand.Forged(1, 1), stand.Now));
        Assert.Empty(stand.Core.Table.LinkedMembers);
        Assert.True(stand.Core.OnLinked(CoreStand.Id(1), CoreStand.Record(1), stand.Now));
    }

    [Fact]
    public void OnHeard_StoredRecord_IsKnownButNotSpread()
    {
        CoreStand stand = new CoreStand().Link(1);
        stand.Core.OnHeard(CoreStand.Record(3), stand.Now);
        stand.Core.OnHeard(CoreStand.Forged(4, 1), stand.Now);
        Assert.Equal(MemberState.Alive, stand.State(3));
        Assert.Null(stand.State(4));
        stand.Run(0.9, 1);
        Assert.DoesNotContain(stand.Updates(), u => u.Node == CoreStand.Id(3));
    }

    [Fact]
    public void Table_Full_TakesNobodyMore()
    {
        // From several peers: of one alone not so many are looked at.
        CoreStand stand = new CoreStand().Link([.. Enumerable.Range(1, 20)]);
        for (int i = 0; i < Limits.Members; i++)
        {
            stand.Tell(1 + (i % 20), MemberUpdate.Of(Stranger(i)));
        }
        Assert.Equal(Limits.Members, stand.Core.Table.Living);
        (int verified, long refused) = (stand.Verifier.Calls, stand.Core.Counts.TableFull);
        stand.Tell(1, MemberUpdate.Of(CoreStand.Record(250)));
        Assert.Null(stand.State(250));
        Assert.Equal((verified, refused + 1), (stand.Verifier.Calls, stand.Core.Counts.TableFull));
    }

    /// <summary>A core that holds peer 3 dead.</summary>
    private static CoreStand Dead(out ulong incarnation)
    {
        CoreStand stand = new CoreStand(MembershipOptions.Lan with { OwnProbe = false }).Link(1, 2);
        incarnation = 5;
        stand.Tell(1, MemberUpdate.Of(CoreStand.Record(3, incarnation)), MemberUpdate.Dead(CoreStand.Id(3), incarnation, CoreStand.Id(1)));
        Assert.Equal(MemberState.Dead, stand.State(3));
        stand.Sent.Clear();
        return stand;
    }

    private static MemberUpdate Claim(bool dead, int peer, ulong incarnation) => dead
        ? MemberUpdate.Dead(CoreStand.Id(peer), incarnation, CoreStand.Id(1))
        : MemberUpdate.Suspect(CoreStand.Id(peer), incarnation, CoreStand.Id(1));

    private static MemberRecord Stranger(int number) =>
        MemberSignature.Sign(new Support.KeyedSigner(10_000 + number), MemberTown.Mesh, 1, 1, [], leaves: false);
}
