using System.Globalization;
using Tore.Mesh.Harness;
using Tore.Mesh.Harness.Events;
using Tore.Mesh.Harness.Machines;
using Tore.Mesh.Harness.Mesh;
using Tore.Mesh.Membership.Swim;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Checkers;

/// <summary>Confirmations of a suspicion are of different members, none of the accused itself: only then may they shorten it.</summary>
internal sealed class SuspicionChecker : IEventTarget
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly Simulation _simulation;
    private readonly Findings _findings;
    private readonly HashSet<NodeId> _seen = [];

    /// <summary>Watches a run from now on.</summary>
    public SuspicionChecker(Simulation simulation, Findings findings)
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
                foreach (Member member in process.Membership.Table.LivingMembers)
                {
                    Look(machine, member);
                }
            }
        }
        _simulation.Queue.Add(_simulation.Now + Interval, this, 0);
    }

    private void Look(Machine machine, Member member)
    {
        if (member.Suspicion is not { } suspicion)
        {
            return;
        }
        _seen.Clear();
        foreach (NodeId accuser in suspicion.Accusers)
        {
            if (!_seen.Add(accuser) || accuser == member.Id)
            {
                _findings.Add("suspicions", _simulation.Now, machine.Index, string.Create(CultureInfo.InvariantCulture,
                    $"the word of {accuser.Short} counts {(accuser == member.Id ? "against itself" : "twice")} against {member.Id.Short}"));
            }
        }
    }
}
