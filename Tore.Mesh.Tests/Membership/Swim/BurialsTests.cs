using Tore.Mesh.Membership.Swim;
using Tore.Mesh.Primitives;
using Tore.Mesh.Tests.Support;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Tests.Membership.Swim;

/// <summary>Tombstones and the dead.</summary>
public sealed class BurialsTests
{
    private static readonly MembershipOptions Gullible = MembershipOptions.Lan with { OwnProbe = false };

    [Fact]
    public void Dead_OneASecondIsDialledAtRandom_TheDepartedAreNot()
    {
        CoreStand stand = WithDead(10);
        stand.Tell(1, MemberUpdate.Of(CoreStand.Record(50, leaves: true)));
        stand.Run(60, 1);
        Assert.InRange(stand.Reached.Count, 59, 61);
        Assert.Equal(10, stand.Reached.Distinct().Count());
        Assert.DoesNotContain(CoreStand.Id(50), stand.Reached);
    }

    [Fact]
    public void Dead_AllBack_NobodyIsDialled()
    {
        CoreStand stand = WithDead(3);
        stand.Run(10, 1);
        for (int peer = 10; peer < 13; peer++)
        {
            stand.Tell(1, MemberUpdate.Of(CoreStand.Record(peer, 2)));
        }
        stand.Reached.Clear();
        stand.Run(1.5, 1);
        Assert.Empty(stand.Reached);
        Assert.Equal(0, stand.Core.Table.Tombstones.Count);
    }

    [Fact]
    public void Tombstone_EndsAfterItsTime_AndTheMemberIsForgotten()
    {
        CoreStand stand = WithDead(1);
        stand.Tell(1, MemberUpdate.Of(CoreStand.Record(50, leaves: true)));
        stand.Run(3600 * 23.9, 1);
        Assert.Equal(MemberState.Dead, stand.State(10));
        Assert.Equal(MemberState.Left, stand.State(50));
        stand.Changed.Clear();
        stand.Run(3600 * 0.2, 1);
        Assert.Null(stand.State(10));
        Assert.Null(stand.State(50));
        Assert.Equal([CoreStand.Id(10), CoreStand.Id(50)], stand.Changed);
        stand.Reached.Clear();
        stand.Run(10, 1);
        Assert.Empty(stand.Reached);
    }

    [Fact]
    public void Tombstone_OfAMemberThatCameBackAndDiedAgain_LivesItsWholeTime()
    {
        CoreStand stand = WithDead(1);
        stand.Run(3600 * 20, 1);
        stand.Tell(1, MemberUpdate.Of(CoreStand.Record(10, 2)), MemberUpdate.Dead(CoreStand.Id(10), 2, CoreStand.Id(1)));
        stand.Run(3600 * 23, 1);
        Assert.Equal(MemberState.Dead, stand.State(10));
        stand.Run(3600 * 1.1, 1);
        Assert.Null(stand.State(10));
    }

    [Fact]
    public void Tombstones_BeyondTheLimit_TheOldestMakesWay()
    {
        // From several peers: of one alone not so many are looked at.
        CoreStand stand = new CoreStand(Gullible).Link([.. Enumerable.Range(1, 20)]);
        for (int i = 0; i < Limits.Tombstones + 10; i++)
        {
            var signer = new KeyedSigner(30_000 + i);
            stand.Tell(1 + (i % 20), MemberUpdate.Of(MemberSignature.Sign(signer, MemberTown.Mesh, 1, 1, [], leaves: i % 2 == 0)),
                MemberUpdate.Dead(signer.Id, 1, CoreStand.Id(1)));
        }
        Assert.Equal(Limits.Tombstones, stand.Core.Table.Tombstones.Count);
        Assert.False(stand.Core.Table.TryGet(new KeyedSigner(30_009).Id, out _));
        Assert.True(stand.Core.Table.TryGet(new KeyedSigner(30_010).Id, out _));
        Assert.Equal(Limits.Tombstones + 20, stand.Core.Table.Members.Count);
    }

    /// <summary>A core linked with peer 1 that holds some others, from 10 on, dead.</summary>
    private static CoreStand WithDead(int count)
    {
        CoreStand stand = new CoreStand(Gullible).Link(1);
        for (int peer = 10; peer < 10 + count; peer++)
        {
            stand.Tell(1, MemberUpdate.Of(CoreStand.Record(peer)), MemberUpdate.Dead(CoreStand.Id(peer), 1, CoreStand.Id(1)));
            Assert.Equal(MemberState.Dead, stand.State(peer));
        }
        return stand;
    }
}
