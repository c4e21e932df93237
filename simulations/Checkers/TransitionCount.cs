using Tore.Mesh.Membership.Swim;

namespace Tore.Mesh.Checkers;

/// <summary>Counts what happened in tables, to see that a run was worth its time.</summary>
internal sealed class TransitionCount : ITransitionListener
{
    /// <summary>Members that became suspect.</summary>
    public long Suspicions { get; private set; }

    /// <summary>Members that became dead.</summary>
    public long Deaths { get; private set; }

    /// <summary>Members that left.</summary>
    public long Farewells { get; private set; }

    /// <summary>The dead and departed that came back.</summary>
    public long Returns { get; private set; }

    /// <inheritdoc/>
    public void OnTransition(in Transition transition)
    {
        if (transition.After is not { } after || transition.Before?.State == after.State)
        {
            return;
        }
        Suspicions += after.State == MemberState.Suspect ? 1 : 0;
        Deaths += after.State == MemberState.Dead ? 1 : 0;
        Farewells += after.State == MemberState.Left ? 1 : 0;
        Returns += after.IsLiving && transition.Before is { IsLiving: false } ? 1 : 0;
    }
}
