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
        var town = new MeshTown(schedule.Seed, schedule.Machines, network,
            tap: index => index < honest ? null : new LyingTap(schedule.Seed, index));
        Simulation simulation = town.Simulation;
        var findings = new Findings();
        _ = new EscapeChecker(simulation, findings);
        _ = new BoundsChecker(simulation, findings);
        var seen = new TransitionCount();
        var incarnations = new IncarnationChecker(simulation, findings);
        var listeners = new List<ITransitionListener> { incarnations, new TombstoneChecker(simulation, findings), seen };
        TableWatch? watch = null;
        listeners.Add(new FalseDeathChecker(simulation, node => watch!.MachineOf(node), findings, Memory));
        watch = new TableWatch(simulation, [.. listeners]);
        var convergence = new ConvergenceChecker(simulation, findings, schedule.Liars > 0);
        change?.Invoke(town);
        _ = new FaultDriver(simulation, schedule.Faults);
        foreach (Machine machine in town.Machines)
        {
            simulation.At(town.Random.Between(TimeSpan.Zero, TimeSpan.FromSeconds(2)), machine.Start);
        }
        Work(town, schedule.Length);
        simulation.RunUntil(schedule.Length);
        if (!simulation.RunUntil(schedule.Length + schedule.Settle, Look, () => findings.Count > 0 || convergence.Holds))
        {
            convergence.Check();
        }
        // And what is well stays well.
        simulation.RunUntil(simulation.Now + Peace);
        convergence.Check();
        return new SwarmOutcome(simulation.Trace.Value, simulation.Queue.Added, simulation.Now, seen, findings.Violations);
    }

    /// <summary>What nodes can do changes now and then.</summary>
    private static void Work(MeshTown town, TimeSpan end)
    {
        town.Simulation.At(town.Simulation.Now + town.Random.Between(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(9)), () =>
        {
            if (town.Machines[town.Random.Next(town.Machines.Count)] is { IsPaused: false, Process: MeshProcess process })
            {
                process.ChangeOwn();
            }
            if (town.Simulation.Now < end)
            {
                Work(town, end);
            }
        });
    }
}
