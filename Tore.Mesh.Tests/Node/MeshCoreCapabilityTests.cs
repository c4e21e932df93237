using Tore.Mesh.Harness.Machines;
using Tore.Mesh.Harness.Mesh;
using Tore.Mesh.Harness.Network;
using Tore.Mesh.Replication;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Tests.Node;

/// <summary>Whole meshes of cores: what every node can do is known on every other, and dies with it.</summary>
public sealed class MeshCoreCapabilityTests
{
    public static TheoryData<int, int> Towns => new() { { 5, 1 }, { 5, 2 }, { 5, 3 }, { 40, 1 } };

    [Theory]
    [MemberData(nameof(Towns))]
    public void OneSeed_EverybodyKnowsWhatEverybodyCanDo(int nodes, int seed)
    {
        MeshTown town = new MeshTown(nodes, (ulong)seed).StartAll();
        town.Until(5, () => IsComplete(town.Machines), "all records everywhere");
        NodeInfo? shown = MeshTown.Core(town.Machines[0]).Snapshot.Members[town.Machines[1].Id].Capabilities;
        Assert.Equal("simulated", shown!.Value.Isa);
    }

    [Theory]
    [MemberData(nameof(Towns))]
    public void Deaths_TakeTheirRecordsAlong_AndAPartitionBringsThemBack(int nodes, int seed)
    {
        MeshTown town = new MeshTown(nodes, (ulong)seed).StartAll();
        town.Until(20, () => IsComplete(town.Machines) && MeshTown.IsFullMesh(town.Machines), "the mesh comes up");
        PathRule[] cut = town.Split(nodes / 2);
        Machine[] left = [.. town.Machines.Take(nodes / 2)], right = [.. town.Machines.Skip(nodes / 2)];
        town.Until(60, () => IsComplete(left) && IsComplete(right), "each side keeps only its own");
        Assert.All(left, m => Assert.Null(Index(m).InfoOf(right[0].Id)));
        town.Heal(cut);
        town.Until(10, () => IsComplete(town.Machines), "all records everywhere again");
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Restart_ThatForgotItsIncarnation_RepublishesAboveWhatItHadSaid(int seed)
    {
        MeshTown town = new MeshTown(5, (ulong)seed).StartAll();
        town.Until(5, () => IsComplete(town.Machines), "the mesh comes up");
        Machine node = town.Machines[3];
        ((MeshProcess)node.Process!).ChangeOwn();
        town.Until(5, () => Stamp(town.Machines[0], node).Version == 2, "its second record");
        RecordStamp before = Index(town.Machines[0]).Find(node.Id)!.Record!.Stamp;
        node.Kill();
        node.Disk.Wipe();
        node.Start();
        town.Until(5, () => Index(town.Machines[0]).Find(node.Id)?.Record?.Stamp > before, "it goes above its earlier record");
        town.Until(5, () => IsComplete(town.Machines), "all records everywhere");
    }

    [Fact]
    public void Change_ReachesEverybody_InAMeshOfSomeLinksEach()
    {
        MeshTown town = new MeshTown(200, 1).StartAll();
        town.Until(60, () => IsComplete(town.Machines), "all records everywhere");
        town.RunFor(60);
        Machine node = town.Machines[150];
        RecordStamp before = Stamp(node, node);
        ((MeshProcess)node.Process!).ChangeOwn();
        town.Until(2, () => town.Machines.Count(m => Stamp(m, node) > before) > 190, "nearly everybody hears at once");
        town.Until(60, () => IsComplete(town.Machines), "the others when they compare");
    }

    private static CapabilityIndex Index(Machine machine) => MeshTown.Core(machine).Capabilities;

    private static RecordStamp Stamp(Machine at, Machine of) => Index(at).Find(of.Id)!.Record!.Stamp;

    /// <summary>Whether every node of the group holds the record of every other, the last one, and of nobody else.</summary>
    private static bool IsComplete(IReadOnlyCollection<Machine> group) => group.All(machine =>
        Index(machine).Members == group.Count
        && Index(machine).Digest == Index(group.First()).Digest
        && group.All(other => Index(machine).InfoOf(other.Id) is not null));
}
