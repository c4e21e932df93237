using System.Globalization;
using Tore.Mesh.Harness;
using Tore.Mesh.Membership.Swim;

namespace Tore.Mesh.Checkers;

/// <summary>
/// In one table, time goes forward: no incarnation falls, and what is dead or has left lives again only under a higher one. Gossip that is
/// old, however often it comes, changes nothing.
/// </summary>
internal sealed class TombstoneChecker(Simulation simulation, Findings findings) : ITransitionListener
{
    /// <inheritdoc/>
    public void OnTransition(in Transition transition)
    {
        if (transition.Before is not { } before || transition.After is not { } after)
        {
            return;
        }
        if (after.Incarnation < before.Incarnation)
        {
            Report(transition, "an incarnation fell");
        }
        else if (after.Incarnation == before.Incarnation && !before.IsLiving && after.IsLiving)
        {
            Report(transition, "a tombstone was revived by what was known before");
        }
        else if (after.Incarnation == before.Incarnation && before.State == MemberState.Left && after.State == MemberState.Dead)
        {
            Report(transition, "who left in order was declared dead");
        }
    }

    private void Report(in Transition transition, string what) =>
        findings.Add("tombstones", simulation.Now, transition.Observer.Index, string.Create(CultureInfo.InvariantCulture,
            $"{what}: {transition.Node.Short} from {transition.Before} to {transition.After}"));
}
