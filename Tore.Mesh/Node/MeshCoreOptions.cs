using Tore.Mesh.Identity;
using Tore.Mesh.Membership.Links;
using Tore.Mesh.Membership.Swim;
using Tore.Mesh.Primitives;
using Tore.Mesh.Transport;

namespace Tore.Mesh.Node;

/// <summary>What a <see cref="MeshCore"/> stands on.</summary>
internal sealed record MeshCoreOptions
{
    /// <summary>The mesh that signatures are bound to.</summary>
    public required MeshId Mesh { get; init; }

    /// <summary>Who this node is, and signs its records.</summary>
    public required ISigner Signer { get; init; }

    /// <summary>Checks the records of others.</summary>
    public required ISignatureVerifier Verifier { get; init; }

    /// <summary>Everything that is left to chance; the core draws from nothing else.</summary>
    public required Random Random { get; init; }

    /// <summary>Drawn at random at each start of the node, so that peers see that it is another process.</summary>
    public required ulong Start { get; init; }

    /// <summary>The incarnation that the data folder kept; zero where there is none.</summary>
    public ulong StoredIncarnation { get; init; }

    /// <summary>Timing and rules of membership.</summary>
    public MembershipOptions Membership { get; init; } = MembershipOptions.Lan;

    /// <summary>Timing of dials and links.</summary>
    public LinkDirectoryOptions Links { get; init; } = new();

    /// <summary>Wire versions that the links speak.</summary>
    public WireVersions Wire { get; init; } = WireVersions.Supported;

    /// <summary>The allow and ban lists: whether this node links with that one.</summary>
    public Func<NodeId, bool> Admits { get; init; } = static _ => true;
}
