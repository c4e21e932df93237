using Tore.Mesh.Identity;
using Tore.Mesh.Membership.Swim;
using Tore.Mesh.Primitives;
using Tore.Mesh.Tests.Support;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Tests.Membership.Swim;

/// <summary>Members that would wear this node out, or crowd others out: what each of them can cost is bounded.</summary>
public sealed class MembershipLiarTests
{
    [Fact]
    public void Gossip_ForgedRecord_EndsTheLink_AndWhatStoodBeforeItCounts()
    {
        CoreStand stand = new CoreStand().Link(1, 2);

        ToreException refusal = Assert.Throws<ToreException>(() => stand.Tell(
            1, MemberUpdate.Of(CoreStand.Record(3)), MemberUpdate.Of(CoreStand.Forged(2, incarnation: 9)),
            MemberUpdate.Of(CoreStand.Record(4))));

        Assert.Equal(ErrorCodes.WireMalformed, refusal.Code);
        Assert.Contains(CoreStand.Id(2).ToString(), refusal.Message, StringComparison.Ordinal);
        Assert.Equal((MemberState.Alive, null), (stand.State(3), stand.State(4)));
        Assert.Equal(1UL, stand.Member(2).Incarnation);
        Assert.Equal(1, stand.Core.Counts.BadSignatures);
    }

    [Fact]
    public void Gossip_CrowdOfNewcomers_CostsSoManySignaturesAtOnceAndASecond()
    {
        CoreStand stand = new CoreStand().Link(1, 2);
        MemberUpdate[] crowd = [.. Crowd(2_000)];
        int before = stand.Verifier.Calls;

        stand.Tell(1, crowd);
        Assert.Equal(Limits.SignatureCheckBurst, stand.Verifier.Calls - before);
        Assert.Equal(2_000 - Limits.SignatureCheckBurst, stand.Core.Counts.TooManyRecords);

        // Another peer's news does not wait for it; and in a second some more of this one's is looked at.
        stand.Tell(2, MemberUpdate.Of(CoreStand.Record(3)));
        Assert.Equal(MemberState.Alive, stand.State(3));
        stand.Run(1, answer: [1, 2]);
        before = stand.Verifier.Calls;
        stand.Tell(1, crowd);
        Assert.InRange(stand.Verifier.Calls - before, 1, Limits.SignatureChecksPerSecond);
    }

    [Fact]
    public void Link_TableFullOfMadeUpMembers_TakesWhoIsThere()
    {
        CoreStand stand = new CoreStand().Link([.. Enumerable.Range(1, 20)]);
        MemberUpdate[] crowd = [.. Crowd(Limits.Members)];
        for (int peer = 1; !stand.Core.Table.IsFull; peer++)
        {
            stand.Tell(peer, crowd);
        }
        stand.Tell(1, MemberUpdate.Of(CoreStand.Record(30)));
        Assert.Null(stand.State(30));

        stand.Link(31);

        Assert.Equal(MemberState.Alive, stand.State(31));
        Assert.Equal(Limits.Members, stand.Core.Table.Living);
        Assert.All(Enumerable.Range(1, 20), peer => Assert.True(stand.Member(peer).IsLinked));
    }

    private static IEnumerable<MemberUpdate> Crowd(int count) => Enumerable.Range(1_000, count).Select(number =>
        MemberUpdate.Of(MemberSignature.Sign(new KeyedSigner(number), MemberTown.Mesh, 1, 7, [], leaves: false)));
}
