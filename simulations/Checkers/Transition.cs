using Tore.Mesh.Harness.Machines;
using Tore.Mesh.Membership.Swim;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Checkers;

/// <summary>A member became something else in one node's table.</summary>
/// <param name="Observer">Whose table.</param>
/// <param name="Node">The member.</param>
/// <param name="Before">What it was; null for one that was not there.</param>
/// <param name="After">What it is; null for one that was forgotten.</param>
internal readonly record struct Transition(Machine Observer, NodeId Node, HeldMember? Before, HeldMember? After);

/// <summary>What a table holds of a member.</summary>
/// <param name="State">Its state.</param>
/// <param name="Incarnation">The incarnation that this is about.</param>
internal readonly record struct HeldMember(MemberState State, ulong Incarnation)
{
    /// <summary>Whether it counts as there.</summary>
    public bool IsLiving => State is MemberState.Alive or MemberState.Suspect;
}
