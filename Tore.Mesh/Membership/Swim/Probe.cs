using Tore.Mesh.Primitives;

namespace Tore.Mesh.Membership.Swim;

/// <summary>One probe of one member that is under way.</summary>
internal sealed class Probe(uint sequence, Member target, TimeSpan endsAt)
{
    /// <summary>Its number, in the ping and in the requests to others.</summary>
    public uint Sequence => sequence;

    /// <summary>Who is probed.</summary>
    public Member Target => target;

    /// <summary>When it has failed.</summary>
    public TimeSpan EndsAt => endsAt;

    /// <summary>Who was asked to probe too, and has not answered.</summary>
    public List<NodeId> Silent { get; } = [];

    /// <summary>How many were asked.</summary>
    public int Asked { get; set; }
}
