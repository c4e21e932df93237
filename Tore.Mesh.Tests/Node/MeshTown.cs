using Tore.Mesh.Harness;
using Tore.Mesh.Harness.Machines;
using Tore.Mesh.Harness.Mesh;
using Tore.Mesh.Harness.Network;
using Tore.Mesh.Membership;
using Tore.Mesh.Membership.Swim;
using Tore.Mesh.Node;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Tests.Node;

/// <summary>Nodes that run the real core on simulated machines; the first is the seed of all others.</summary>
internal sealed class MeshTown
{
    public MeshTown(int nodes, ulong seed, NetworkOptions? network = null)
    {
        Simulation = new Simulation(seed, network);
        for (int i = 0; i < nodes; i++)
        {
            PeerAddress[] seeds = i == 0 ? [] : [Simulation.Machines[0].Address];
            Simulation.Add(context => new MeshProcess(context, new MeshProcessOptions { Seeds = seeds }));
        }
    }

    public Simulation Simulation { get; }

    public IReadOnlyList<Machine> Machines => Simulation.Machines;

    public Machine[] Running => [.. Machines.Where(m => m.IsWell)];

    public static MeshCore Core(Machine machine) => ((MeshProcess)machine.Process!).Core;

    public MeshTown StartAll()
    {
        foreach (Machine machine in Machines)
        {
            machine.Start();
        }
        return this;
    }

    public void RunFor(double seconds) => Simulation.RunUntil(Simulation.Now + TimeSpan.FromSeconds(seconds));

    /// <summary>Runs until the condition holds, at most so long; gives how long it took, in seconds.</summary>
    public double Until(double seconds, Func<bool> holds, string what)
    {
        TimeSpan begin = Simulation.Now;
        bool held = Simulation.RunUntil(begin + TimeSpan.FromSeconds(seconds), TimeSpan.FromMilliseconds(50), holds);
        Assert.True(held, $"Not within {seconds} s: {what}.");
        return (Simulation.Now - begin).TotalSeconds;
    }

    /// <summary>Whether every running node holds exactly all other running nodes of a group for alive.</summary>
    public static bool Agree(IReadOnlyCollection<Machine> group)
    {
        HashSet<NodeId> ids = [.. group.Select(m => m.Id)];
        foreach (Machine machine in group)
        {
            IReadOnlyList<Member> living = Core(machine).Membership.Table.LivingMembers;
            if (living.Count != ids.Count - 1 || living.Any(m => m.State != MemberState.Alive || !ids.Contains(m.Id)))
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>Whether every two nodes of a group have exactly one link, and both use it.</summary>
    public static bool IsFullMesh(IReadOnlyCollection<Machine> group) => group.All(machine =>
    {
        MeshSnapshot snapshot = Core(machine).Snapshot;
        return machine.Context!.Links == group.Count - 1
            && group.All(other => other == machine || snapshot.Members.GetValueOrDefault(other.Id)?.Link is not null);
    });

    /// <summary>Nothing passes between the first machines and the others.</summary>
    public PathRule[] Split(int first)
    {
        bool[] left = [.. Machines.Select(m => m.Index < first)];
        bool[] right = [.. left.Select(l => !l)];
        PathRule[] rules = [new PathRule(left, right) { Cuts = true }, new PathRule(right, left) { Cuts = true }];
        foreach (PathRule rule in rules)
        {
            Simulation.Network.Add(rule);
        }
        return rules;
    }

    public void Heal(IEnumerable<PathRule> rules)
    {
        foreach (PathRule rule in rules)
        {
            Simulation.Network.Remove(rule);
        }
    }
}
