using Tore.Mesh.Harness;
using Tore.Mesh.Harness.Machines;
using Tore.Mesh.Harness.Mesh;
using Tore.Mesh.Harness.Network;
using Tore.Mesh.Membership.Swim;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Scenarios;

/// <summary>A run of real mesh nodes, which all know the first few as seeds, and the questions that scenarios ask of them.</summary>
internal sealed class MeshTown
{
    private const int SeedNodes = 3;
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);

    private readonly MembershipOptions _membership;
    private readonly Func<int, IMeshTap?>? _tap;

    /// <summary>Makes machines that are off.</summary>
    /// <param name="seed">From what all follows.</param>
    /// <param name="machines">How many.</param>
    /// <param name="network">What the network is like; a LAN without.</param>
    /// <param name="membership">Timing and rules; as on a LAN without.</param>
    /// <param name="tap">What sits between a machine's core and its network; nothing without.</param>
    public MeshTown(
        ulong seed, int machines, NetworkOptions? network = null, MembershipOptions? membership = null, Func<int, IMeshTap?>? tap = null)
    {
        (_membership, _tap) = (membership ?? MembershipOptions.Lan, tap);
        Simulation = new Simulation(seed, network);
        Random = Simulation.Stream("town");
        for (int i = 0; i < machines; i++)
        {
            Add();
        }
    }

    /// <summary>The run.</summary>
    public Simulation Simulation { get; }

    /// <summary>Chance of the scenario's own.</summary>
    public SeededRandom Random { get; }

    /// <summary>The machines.</summary>
    public IReadOnlyList<Machine> Machines => Simulation.Machines;

    /// <summary>The honest nodes that run.</summary>
    public IEnumerable<MeshProcess> Running => Machines.Select(m => m.Process).OfType<MeshProcess>().Where(p => p.IsHonest);

    /// <summary>Adds a machine that is off.</summary>
    public Machine Add()
    {
        int index = Machines.Count;
        return Simulation.Add(context => new MeshProcess(context, new MeshProcessOptions
        {
            Seeds = [.. Machines.Take(SeedNodes).Where(m => m.Index != index).Select(m => m.Address)],
            Membership = _membership,
            Tap = _tap?.Invoke(index),
        }));
    }

    /// <summary>Starts all within a time, and waits until all tables are equal; false when they are not by then.</summary>
    public bool Form(TimeSpan within, TimeSpan limit)
    {
        StartAll(within);
        Simulation.RunUntil(Simulation.Now + within);
        return RunUntilEqual(limit) is not null;
    }

    /// <summary>Has every machine start somewhere in the time to come.</summary>
    public void StartAll(TimeSpan within)
    {
        foreach (Machine machine in Machines)
        {
            Simulation.At(Simulation.Now + Random.Between(TimeSpan.Zero, within), machine.Start);
        }
    }

    /// <summary>Runs on until all tables are equal and complete; how long it took, null when longer than the limit.</summary>
    public TimeSpan? RunUntilEqual(TimeSpan limit) => RunUntil(limit, () => AreEqual);

    /// <summary>Runs on until something holds, looked at every 10 ms; how long it took, null when longer than the limit.</summary>
    public TimeSpan? RunUntil(TimeSpan limit, Func<bool> holds)
    {
        TimeSpan from = Simulation.Now;
        return Simulation.RunUntil(from + limit, Step, holds) ? Simulation.Now - from : null;
    }

    /// <summary>Runs on for a while.</summary>
    public void RunFor(TimeSpan time) => Simulation.RunUntil(Simulation.Now + time);

    /// <summary>Whether every running honest node has the same table, with all that run and no others alive.</summary>
    public bool AreEqual
    {
        get
        {
            ulong? digest = null;
            int running = Machines.Count(m => m.Process is not null);
            foreach (Machine machine in Machines)
            {
                if (machine.Process is not MeshProcess { IsHonest: true } process)
                {
                    continue;
                }
                MemberTable table = process.Membership.Table;
                if (table.Living != running || (digest ??= table.Digest) != table.Digest)
                {
                    return false;
                }
            }
            return true;
        }
    }

    /// <summary>Whether every other running node holds a node to be in such a state.</summary>
    public bool AllHold(NodeId node, Func<Member, bool> holds) =>
        Running.All(p => p.Context.Machine.Id == node || (p.Membership.Table.TryGet(node, out Member? member) && holds(member)));
}
