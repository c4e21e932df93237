using System.Globalization;
using Tore.Mesh.Harness;
using Tore.Mesh.Harness.Events;
using Tore.Mesh.Harness.Machines;
using Tore.Mesh.Harness.Mesh;
using Tore.Mesh.Harness.Network;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Checkers;

/// <summary>What a node keeps stays within what the mesh needs, looked at every few seconds: members, links, queues, dials.</summary>
internal sealed class BoundsChecker : IEventTarget
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(5);

    private readonly Simulation _simulation;
    private readonly Findings _findings;

    /// <summary>Watches a run from now on.</summary>
    public BoundsChecker(Simulation simulation, Findings findings)
    {
        (_simulation, _findings) = (simulation, findings);
        simulation.Queue.Add(simulation.Now + Interval, this, 0);
    }

    /// <inheritdoc/>
    public void OnEvent(int kind, long argument)
    {
        foreach (Machine machine in _simulation.Machines)
        {
            if (machine.Process is MeshProcess { IsHonest: true } process)
            {
                Look(machine, process);
            }
        }
        _simulation.Queue.Add(_simulation.Now + Interval, this, 0);
    }

    private void Look(Machine machine, MeshProcess process)
    {
        int machines = _simulation.Machines.Count;
        Expect(machine, "members", process.Membership.Table.Members.Count, machines);
        // A link may be replaced while its old self is being closed at either end; liars may hold as many as a node takes.
        Expect(machine, "links", process.Context.Links, machines * Limits.LinksPerPeer);
        Expect(machine, "connections", machine.Ends, (machines * Limits.LinksPerPeer) + Limits.PendingHandshakes);
        foreach (ConnectionEnd end in process.Context.OpenLinks.Values)
        {
            Expect(machine, "waiting bytes of a link", end.Out.WaitingBytes, 2L * Limits.ControlQueueBytes);
        }
    }

    private void Expect(Machine machine, string what, long value, long most)
    {
        if (value > most)
        {
            _findings.Add("bounds", _simulation.Now, machine.Index,
                string.Create(CultureInfo.InvariantCulture, $"{value} {what}, at most {most} were expected"));
        }
    }
}
