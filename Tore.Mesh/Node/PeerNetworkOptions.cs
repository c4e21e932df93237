using Microsoft.Extensions.Logging;
using Tore.Mesh.Transport;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Node;

/// <summary>What <see cref="PeerNetwork"/> stands on.</summary>
internal sealed record PeerNetworkOptions
{
    /// <summary>How bytes are carried.</summary>
    public required ITransport Transport { get; init; }

    /// <summary>Who this node is on its links.</summary>
    public required LinkOptions Links { get; init; }

    /// <summary>What the core stands on.</summary>
    public required MeshCoreOptions Core { get; init; }

    /// <summary>What this node can do now.</summary>
    public required Func<NodeInfo> Describe { get; init; }

    /// <summary>Keeps an incarnation before it is told; false where that failed. Waits for a disk as seldom as can be.</summary>
    public required Func<ulong, bool> SaveIncarnation { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Where comings and goings are told.</summary>
    public required ILogger Logger { get; init; }
}
