using System.Globalization;
using Tore.Mesh.Harness;
using Tore.Mesh.Harness.Machines;
using Tore.Mesh.Membership.Swim;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Checkers;

/// <summary>
/// Nobody is dead without a cause: whoever declares a member dead had trouble with it himself. Either the member was stopped, slow or
/// restarted, or the declarer was, or the way between the two was bad, within the time that a suspicion takes.
/// </summary>
internal sealed class FalseDeathChecker : ITransitionListener
{
    private readonly Simulation _simulation;
    private readonly Func<NodeId, Machine?> _machineOf;
    private readonly Findings _findings;
    private readonly TimeSpan _memory;

    /// <summary>Watches a run.</summary>
    /// <param name="simulation">The run.</param>
    /// <param name="machineOf">Finds a node's machine.</param>
    /// <param name="findings">Takes what is found.</param>
    /// <param name="memory">How long ago a cause may have ended.</param>
    public FalseDeathChecker(
        Simulation simulation, Func<NodeId, Machine?> machineOf, Findings findings, TimeSpan memory) =>
        (_simulation, _machineOf, _findings, _memory) = (simulation, machineOf, findings, memory);

    /// <inheritdoc/>
    public void OnTransition(in Transition transition)
    {
        if (transition.After?.State != MemberState.Dead || transition.Before is { IsLiving: false })
        {
            return;
        }
        if (_machineOf(transition.Node) is { } dead && !HasCause(transition.Observer, dead))
        {
            _findings.Add("false death", _simulation.Now, transition.Observer.Index, string.Create(CultureInfo.InvariantCulture,
                $"declared machine {dead.Index} dead, though nothing was wrong with either or between them for {_memory.TotalSeconds} s"));
        }
    }

    private bool HasCause(Machine one, Machine other)
    {
        TimeSpan since = _simulation.Now - _memory;
        return WasIll(one, since) || WasIll(other, since) || _simulation.Network.WasImpaired(one.Index, other.Index, since);
    }

    private static bool WasIll(Machine machine, TimeSpan since) => !machine.IsWell || machine.DisturbedAt >= since;
}
