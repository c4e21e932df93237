using Tore.Mesh.Membership;
using Tore.Mesh.Membership.Swim;

namespace Tore.Mesh.Harness.Mesh;

/// <summary>How a simulated node is run.</summary>
internal sealed record MeshProcessOptions
{
    /// <summary>Addresses that it is given.</summary>
    public IReadOnlyList<PeerAddress> Seeds { get; init; } = [];

    /// <summary>Timing and rules.</summary>
    public MembershipOptions Membership { get; init; } = MembershipOptions.Lan;

    /// <summary>Changes what goes from its core to its machine and back: how planted bugs and liars are made.</summary>
    public IMeshTap? Tap { get; init; }
}
