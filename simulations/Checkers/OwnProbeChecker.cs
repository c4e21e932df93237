using System.Buffers;
using System.Globalization;
using Tore.Mesh.Harness;
using Tore.Mesh.Harness.Machines;
using Tore.Mesh.Harness.Mesh;
using Tore.Mesh.Membership;
using Tore.Mesh.Primitives;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Checkers;

/// <summary>
/// Nobody is dead on hearsay: whoever declares a member dead that it is linked with has pinged it since it suspects it. As the witness
/// of a machine (<see cref="For"/>) it sees what leaves.
/// </summary>
internal sealed class OwnProbeChecker(Simulation simulation, Findings findings) : ITransitionListener
{
    private readonly Dictionary<(int Machine, NodeId Peer), TimeSpan> _pinged = [];
    private readonly Dictionary<(int Machine, NodeId Peer), TimeSpan> _suspectSince = [];

    /// <summary>The witness of one honest machine.</summary>
    public IMeshTap For(int machine) => new Witness(this, machine);

    /// <inheritdoc/>
    public void OnTransition(in Transition transition)
    {
        (int, NodeId) key = (transition.Observer.Index, transition.Node);
        switch (transition.After?.State)
        {
            case MemberState.Suspect when transition.Before?.State != MemberState.Suspect
                || transition.Before?.Incarnation != transition.After?.Incarnation:
                _suspectSince[key] = simulation.Now;
                break;
            case MemberState.Dead when transition.Before?.State == MemberState.Suspect && IsLinked(transition):
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

    private static bool IsLinked(in Transition transition) =>
        transition.Observer.Process is MeshProcess process
        && process.Membership.Table.TryGet(transition.Node, out Member? member) && member.IsLinked;

    private void Report(in Transition transition, FormattableString how) => findings.Add("own probe", simulation.Now,
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
