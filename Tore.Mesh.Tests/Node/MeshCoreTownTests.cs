using Tore.Mesh.Harness.Machines;
using Tore.Mesh.Harness.Network;
using Tore.Mesh.Membership.Swim;
using Tore.Mesh.Node;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Tests.Node;

/// <summary>Whole meshes of cores: they find each other, lose nodes, part and meet again.</summary>
public sealed class MeshCoreTownTests
{
    public static TheoryData<int, int> Towns => new() { { 5, 1 }, { 5, 2 }, { 5, 3 }, { 5, 4 }, { 5, 5 }, { 40, 1 }, { 40, 2 } };

    [Theory]
    [MemberData(nameof(Towns))]
    public void OneSeed_EverybodyLinksWithEverybody(int nodes, int seed)
    {
        MeshTown town = new MeshTown(nodes, (ulong)seed).StartAll();
        town.Until(10, () => MeshTown.Agree(town.Machines), "all agree");
        town.Until(20, () => MeshTown.IsFullMesh(town.Machines), "every pair has one link");
        long dials = town.Machines.Sum(m => m.Traffic.Dials);
        town.RunFor(300);
        Assert.True(MeshTown.IsFullMesh(town.Machines));
        Assert.Equal(dials, town.Machines.Sum(m => m.Traffic.Dials));
        Assert.All(town.Machines, m => Assert.Equal(0, MeshTown.Core(m).Counts.Deaths));
    }

    [Theory]
    [MemberData(nameof(Towns))]
    public void KilledNode_IsDeadEverywhere_AndBackWhenItStartsAgain(int nodes, int seed)
    {
        MeshTown town = Settled(nodes, seed);
        Machine lost = town.Machines[nodes / 2];
        lost.Kill();
        Machine[] others = town.Running;
        town.Until(20, () => MeshTown.Agree(others), "the dead is dead everywhere");
        Assert.All(others, m => Assert.Equal(MemberState.Dead, MeshTown.Core(m).Snapshot.Members[lost.Id].State));
        lost.Start();
        town.Until(10, () => MeshTown.Agree(town.Machines) && MeshTown.IsFullMesh(town.Machines), "it is back");
        Assert.Equal(2ul, MeshTown.Core(others[0]).Snapshot.Members[lost.Id].Incarnation);
    }

    [Theory]
    [MemberData(nameof(Towns))]
    public void NodeThatLosesItsPower_IsDeadEverywhere(int nodes, int seed)
    {
        MeshTown town = Settled(nodes, seed);
        Machine lost = town.Machines[nodes / 2];
        lost.PowerOff();
        Machine[] others = town.Running;
        town.Until(20, () => MeshTown.Agree(others) && MeshTown.IsFullMesh(others), "the dead is dead everywhere, its links are closed");
    }

    [Theory]
    [MemberData(nameof(Towns))]
    public void NodeThatLeaves_IsGoneAtOnce_AndNobodyDied(int nodes, int seed)
    {
        MeshTown town = Settled(nodes, seed);
        Machine left = town.Machines[nodes / 2];
        left.Process!.Leave(left.Context!.Now);
        Machine[] others = [.. town.Machines.Where(m => m != left)];
        town.Until(2, () => MeshTown.Agree(others), "everybody knows");
        Assert.All(others, m => Assert.Equal(MemberState.Left, MeshTown.Core(m).Snapshot.Members[left.Id].State));
        Assert.All(others, m => Assert.Equal(0, MeshTown.Core(m).Counts.Deaths));
        Assert.Equal(0, left.Context!.Links);
    }

    [Theory]
    [MemberData(nameof(Towns))]
    public void Partition_Heals(int nodes, int seed)
    {
        MeshTown town = Settled(nodes, seed);
        int half = nodes / 2;
        PathRule[] cut = town.Split(half);
        Machine[] left = [.. town.Machines.Take(half)], right = [.. town.Machines.Skip(half)];
        town.Until(60, () => MeshTown.Agree(left) && MeshTown.Agree(right), "each side holds the other for dead");
        town.RunFor(60);
        town.Heal(cut);
        town.Until(6, () => MeshTown.Agree(town.Machines), "one mesh again");
        town.Until(30, () => MeshTown.IsFullMesh(town.Machines), "every pair is linked again");
    }

    [Fact]
    public void SeedAndAllItKnew_StartAgainWithNewAddresses_OthersStillMeet()
    {
        MeshTown town = Settled(5, 3);
        town.Machines[0].Kill();
        town.RunFor(90);
        town.Machines[0].Start();
        town.Until(35, () => MeshTown.IsFullMesh(town.Machines), "the seed, which knows nobody, is found by those who know it");
    }

    [Fact]
    public void HundredAndMore_EverybodyAgrees_WithSomeLinksEach()
    {
        MeshTown town = new MeshTown(200, 1).StartAll();
        town.Until(60, () => MeshTown.Agree(town.Machines), "all agree");
        town.RunFor(60);
        int[] links = [.. town.Machines.Select(m => m.Context!.Links)];
        Assert.InRange(links.Average(), 28, 34);
        Assert.InRange(links.Min(), 16, 32);
        Assert.InRange(links.Max(), 32, 70);
        Assert.All(town.Machines, m => Assert.Equal(0, MeshTown.Core(m).Counts.Deaths));

        Machine lost = town.Machines[77];
        lost.PowerOff();
        Machine[] others = town.Running;
        town.Until(40, () => MeshTown.Agree(others), "the dead is dead everywhere");
        lost.Start();
        town.Until(20, () => MeshTown.Agree(town.Machines), "it is back");
    }

    private static MeshTown Settled(int nodes, int seed)
    {
        MeshTown town = new MeshTown(nodes, (ulong)seed).StartAll();
        town.Until(30, () => MeshTown.Agree(town.Machines) && MeshTown.IsFullMesh(town.Machines), "the mesh comes up");
        town.RunFor(40);
        return town;
    }
}
