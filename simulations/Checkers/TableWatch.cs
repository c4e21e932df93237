using Tore.Mesh.Harness;
using Tore.Mesh.Harness.Machines;
using Tore.Mesh.Harness.Mesh;
using Tore.Mesh.Membership.Swim;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Checkers;

/// <summary>
/// Finds what changed in the tables of honest nodes, and tells those who look at it. A table is gone through only when its digest or its
/// counts have changed: on most inputs nothing has.
/// </summary>
internal sealed class TableWatch : IRunObserver
{
    private readonly Simulation _simulation;
    private readonly Dictionary<int, Seen> _seen = [];
    private readonly Dictionary<NodeId, Machine> _machines = [];
    private readonly ITransitionListener[] _listeners;
    private readonly List<Transition> _found = [];

    /// <summary>Watches a run for these.</summary>
    public TableWatch(Simulation simulation, params ITransitionListener[] listeners)
    {
        (_simulation, _listeners) = (simulation, listeners);
        simulation.Watch(this);
    }

    /// <summary>The machine that a node runs on; null for an id that nobody has.</summary>
    public Machine? MachineOf(NodeId node)
    {
        if (_machines.Count < _simulation.Machines.Count)
        {
            foreach (Machine machine in _simulation.Machines)
            {
                _machines[machine.Id] = machine;
            }
        }
        return _machines.GetValueOrDefault(node);
    }

    /// <inheritdoc/>
    public void OnStarted(Machine machine) => _seen[machine.Index] = new Seen();

    /// <inheritdoc/>
    public void OnChanged(Machine machine)
    {
        if (machine.Process is not MeshProcess { IsHonest: true } process)
        {
            return;
        }
        Seen seen = _seen[machine.Index];
        var mark = Mark.Of(process.Membership);
        if (mark == seen.Mark)
        {
            return;
        }
        seen.Mark = mark;
        Compare(machine, process.Membership.Table, seen.Members);
        foreach (Transition transition in _found)
        {
            foreach (ITransitionListener listener in _listeners)
            {
                listener.OnTransition(transition);
            }
        }
    }

    private void Compare(Machine machine, MemberTable table, Dictionary<NodeId, HeldMember> held)
    {
        _found.Clear();
        foreach (Member member in table.Members)
        {
            var now = new HeldMember(member.State, member.Incarnation);
            if (!held.TryGetValue(member.Id, out HeldMember before))
            {
                _found.Add(new Transition(machine, member.Id, null, now));
                held[member.Id] = now;
            }
            else if (before != now)
            {
                _found.Add(new Transition(machine, member.Id, before, now));
                held[member.Id] = now;
            }
        }
        if (held.Count > table.Members.Count)
        {
            foreach (NodeId gone in held.Keys.Where(id => !table.TryGet(id, out _)).ToArray())
            {
                _found.Add(new Transition(machine, gone, held[gone], null));
                held.Remove(gone);
            }
        }
    }

    private sealed class Seen
    {
        public Mark Mark { get; set; }

        public Dictionary<NodeId, HeldMember> Members { get; } = [];
    }

    /// <summary>What differs whenever a member's state or incarnation does.</summary>
    private readonly record struct Mark(ulong Digest, int Members, long Suspicions, long Answered, long Deaths, long Revivals)
    {
        public static Mark Of(MembershipCore core) => new(
            core.Table.Digest,
            core.Table.Members.Count,
            core.Counts.Suspicions,
            core.Counts.SuspicionsAnswered,
            core.Counts.Deaths,
            core.Counts.Revivals);
    }
}
