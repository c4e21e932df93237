using Microsoft.Extensions.Logging;
using Tore.Mesh.Membership;
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

    /// <summary>What this node says of itself now.</summary>
    public required Func<NodeInfo> Describe { get; init; }

    /// <summary>Spreads dials.</summary>
    public required Random Random { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Where comings and goings are told.</summary>
    public required ILogger Logger { get; init; }

    /// <summary>Timing of the directory.</summary>
    public PeerDirectoryOptions Directory { get; init; } = new();
}
