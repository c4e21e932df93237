using Tore.Mesh.Identity;
using Tore.Mesh.Membership;

namespace Tore.Mesh.Storage;

/// <summary>A private mesh as the data folder keeps it.</summary>
public sealed record StoredMesh
{
    /// <summary>Name and secret.</summary>
    public required MeshSecret Mesh { get; init; }

    /// <summary>Whether its secret was made on this machine; else it came with an invite.</summary>
    public required bool IsMadeHere { get; init; }

    /// <summary>When this secret was made or taken in.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>Where the invite said that members may be reached.</summary>
    public IReadOnlyList<PeerAddress> Addresses { get; init; } = [];

    /// <summary>
    /// Fingerprints that the mesh had under earlier secrets, newest first: whoever still shows one has not taken a new invite.
    /// </summary>
    public IReadOnlyList<MeshId> Former { get; init; } = [];
}
