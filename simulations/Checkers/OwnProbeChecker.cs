using System.Buffers;
using System.Globalization;
using Tore.Mesh.Harness;
using Tore.Mesh.Harness.Events;
using Tore.Mesh.Harness.Machines;
using Tore.Mesh.Harness.Mesh;
using Tore.Mesh.Membership.Swim;
using Tore.Mesh.Primitives;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Checkers;

/// <summary>
/// Nobody is dead on hearsay: whoever declares a member dead that it was linked with all the time since it suspects it has pinged it since.
/// As the witness of a machine (<see cref="For"/>) it sees what leaves.
/// </summary>
internal sealed class OwnProbeChecker : ITransitionListener, IEventTarget
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    private readonly Simulation _simulation;
    private readonly Findings _findings;
    private readonly Dictionary<(int Machine, NodeId Peer), TimeSpan> _unlinked = [];
    private readonly Dictionary<(int Machine, NodeId Peer), TimeSpan> _pinged = [];
    private readonly Dictionary<(int Machine, NodeId Peer), TimeSpan> _suspectSince = [];

    /// <summary>Watches a run from now on.</summary>
    public OwnProbeChecker(Simulation simulation, Findings findings)
    {
        (_simulation, _findings) = (simulation, findings);
        simulation.Queue.Add(simulation.Now + Interval, this, 0);
    }

    /// <summary>The witness of one honest machine.</summary>
    public IMeshTap For(int machine) => new Witness(this, machine);

    /// <summary>Notes who is not linked with whom: once a member is dead, its link is gone in the same moment.</summary>
    public void OnEvent(int kind, long argument)
    {
        foreach (Machine machine in _simulation.Machines)
        {
            if (machine.Process is not MeshProcess { IsHonest: true } process)
            {
                continue;
            }
            foreach (Member member in process.Membership.Table.Members)
            {
                if (!member.IsLinked)
                {
                    _unlinked[(machine.Index, member.Id)] = _simulation.Now;
                }
            }
        }
        _simulation.Queue.Add(_simulation.Now + Interval, this, 0);
    }

    /// <inheritdoc/>
    public void OnTransition(in Transition transition)
    {
        (int, NodeId) key = (transition.Observer.Index, transition.Node);
        switch (transition.After?.State)
        {
            case MemberState.Suspect when transition.Before?.State != MemberState.Suspect
                || transition.Before?.Incarnation != transition.After?.Incarnation:
                _suspectSince[key] = _simulation.Now;
                break;
            case MemberState.Dead when transition.Before?.State == MemberState.Suspect && WasLinked(key):
                TimeSpan pinged = _pinged.GetValueOrDefault(key), since = _suspectSince.GetValueOrDefault(key);
                if (pinged < since)
                {
                    Report(transition, $"it was suspect since {since.TotalSeconds:0.000} s, last pinged at {pinged.TotalSeconds:0.000} s");
                }
                break;
            case MemberState.Dead when transition.Before is { State: MemberState.Alive } before
                && before.Incarnation == transition.After?.Incarnation:
                Report(transition, $"it was alive the moment before");
                break;
            default:
                break;
        }
    }

    private bool WasLinked((int, NodeId) key) => _suspectSince.TryGetValue(key, out TimeSpan since)
        && _simulation.Now - since > 2 * Interval && _unlinked.GetValueOrDefault(key, since - Interval) < since;

    private void Report(in Transition transition, FormattableString how) => _findings.Add("own probe", _simulation.Now,
        transition.Observer.Index,
        $"declared {transition.Node.Short} dead without asking it: {how.ToString(CultureInfo.InvariantCulture)}");

    private sealed class Witness(OwnProbeChecker checker, int machine) : IMeshTap
    {
        public bool IsLie => false;

        public bool OnSending<T>(MeshProcess process, long link, ref T message)
            where T : struct, IMessage<T>
        {
            if (typeof(T) == typeof(Ping) && process.Context.OpenLinks.TryGetValue(link, out Harness.Network.ConnectionEnd? end))
            {
                checker._pinged[(machine, end.Connection.Other(end).Machine.Id)] = process.Context.Machine.Simulation.Now;
            }
            return true;
        }

        public bool OnFrame(MeshProcess process, long link, MessageType type, in ReadOnlySequence<byte> body) => true;
    }
}
