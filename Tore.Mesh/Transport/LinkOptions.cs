using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Tore.Mesh.Identity;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Transport;

/// <summary>Who this node is on its links, and its limits there.</summary>
internal sealed record LinkOptions
{
    /// <summary>This node: the key that its transport authenticates with.</summary>
    public required LinkIdentity Identity { get; init; }

    /// <summary>The mesh it is in.</summary>
    public required MeshSecret Mesh { get; init; }

    /// <summary>The wire versions it speaks.</summary>
    public WireVersions Versions { get; init; } = WireVersions.Supported;

    /// <summary>From the first byte to the link's kind; longer is <c>handshake_timeout</c>.</summary>
    public TimeSpan HandshakeTimeout { get; init; } = Limits.Handshake;

    /// <summary>The clock of that time.</summary>
    public TimeProvider TimeProvider { get; init; } = TimeProvider.System;

    /// <summary>
    /// Whether a proven peer is turned away all the same: the code (<c>banned</c>, <c>not_allowed</c>), or null for no. Any thread asks.
    /// </summary>
    public Func<NodeId, string?> Refusal { get; init; } = static _ => null;

    /// <summary>
    /// Whom a peer is taken for on a transport that authenticates nobody (plain TCP). Null, as outside tests: such a connection is refused.
    /// </summary>
    public LinkIdentity? AssumedPeer { get; init; }

    /// <summary>Where refused and broken links are told.</summary>
    public ILogger Logger { get; init; } = NullLogger.Instance;
}
