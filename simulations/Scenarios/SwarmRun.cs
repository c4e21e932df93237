using Tore.Mesh.Checkers;
using Tore.Mesh.Harness;
using Tore.Mesh.Harness.Faults;
using Tore.Mesh.Harness.Machines;
using Tore.Mesh.Harness.Mesh;
using Tore.Mesh.Harness.Network;

namespace Tore.Mesh.Scenarios;

/// <summary>One schedule, run with every checker: faults, then peace, in which everything must become well.</summary>
internal static class SwarmRun
{
    /// <summary>How long a suspicion may last that began with a fault: a cause may be so old.</summary>
    private static readonly TimeSpan Memory = TimeSpan.FromMinutes(4);

    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    private static readonly TimeSpan Peace = TimeSpan.FromSeconds(15);

    /// <summary>Runs it; <paramref name="change"/> may plant a bug in the finished town.</summary>
    public static SwarmOutcome Run(Schedule schedule, Action<MeshTown>? change = null)
    {
        int honest = schedule.Machines - schedule.Liars;
        NetworkOptions network = schedule.Seed % 4 == 3 ? NetworkOptions.Wan : NetworkOptions.Lan;
        OwnProbeChecker? probes = null;
        var town = new MeshTown(schedule.Seed, schedule.Machines, network,
            tap: index => index < honest ? probes!.For(index) : new LyingTap(schedule.Seed, index));
        Simulation simulation = town.Simulation;
        var findings = new Findings();
        probes = new OwnProbeChecker(simulation, findings);
        _ = new SuspicionChecker(simulation, findings);
        _ = new EscapeChecker(simulation, findings);
        _ = new BoundsChecker(simulation, findings);
        var seen = new TransitionCount();
        var incarnations = new IncarnationChecker(simulation, findings);
        var listeners = new List<ITransitionListener> { incarnations, new TombstoneChecker(simulation, findings), probes, seen };
        TableWatch? watch = null;
        listeners.Add(new FalseDeathChecker(simulation, node => watch!.MachineOf(node), findings, Memory));
        watch = new TableWatch(simulation, [.. listeners]);
        var convergence = new ConvergenceChecker(simulation, findings, schedule.Liars > 0);
        var capabilities = new CapabilityChecker(simulation, findings);
        if (schedule.Seed % 4 == 2 && schedule.Liars == 0)
        {
            KeepApart(town);
        }
        change?.Invoke(town);
        _ = new FaultDriver(simulation, schedule.Faults);
        foreach (Machine machine in town.Machines)
        {
            simulation.At(town.Random.Between(TimeSpan.Zero, TimeSpan.FromSeconds(2)), machine.Start);
        }
        Work(town, schedule.Length);
        simulation.RunUntil(schedule.Length);
        bool IsWell() => findings.Count > 0 || (convergence.Holds && capabilities.Holds);
        if (!simulation.RunUntil(schedule.Length + schedule.Settle, Look, IsWell))
        {
            convergence.Check();
            capabilities.Check();
        }
        // And what is well stays well.
        simulation.RunUntil(simulation.Now + Peace);
        convergence.Check();
        capabilities.Check();
        new Examination(town, findings).Hold(schedule.Liars > 0);
        return new SwarmOutcome(simulation.Trace.Value, simulation.Queue.Added, simulation.Now, seen, findings.Violations);
    }

    /// <summary>
    /// Two machines that can never connect, as behind two routers: what they know of each other comes through others, on which nothing
    /// depends where everybody links with everybody.
    /// </summary>
    private static void KeepApart(MeshTown town)
    {
        int one = town.Random.Next(town.Machines.Count);
        int other = (one + 1 + town.Random.Next(town.Machines.Count - 1)) % town.Machines.Count;
        bool[] first = [.. town.Machines.Select(m => m.Index == one)], second = [.. town.Machines.Select(m => m.Index == other)];
        town.Simulation.Network.Add(new PathRule(first, second) { Cuts = true });
        town.Simulation.Network.Add(new PathRule(second, first) { Cuts = true });
    }

    /// <summary>What nodes can do changes now and then.</summary>
    private static void Work(MeshTown town, TimeSpan end)
    {
        TimeSpan at = town.Simulation.Now + town.Random.Between(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(9));
        if (at >= end)
        {
            return;
        }
        town.Simulation.At(at, () =>
        {
            if (town.Machines[town.Random.Next(town.Machines.Count)] is { IsPaused: false, Process: MeshProcess process })
            {
                process.ChangeOwn();
            }
            Work(town, end);
        });
    }
}
