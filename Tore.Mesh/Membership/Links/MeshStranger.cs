using Tore.Mesh.Primitives;

namespace Tore.Mesh.Membership.Links;

/// <summary>
/// A node heard by mDNS that this one cannot link with: it belongs to another mesh, or speaks no wire version in common. What it
/// says is unproven. For <c>tore doctor</c>.
/// </summary>
internal sealed record MeshStranger
{
    /// <summary>Its id.</summary>
    public required NodeId Node { get; init; }

    /// <summary>Where it listens.</summary>
    public required IReadOnlyList<PeerAddress> Addresses { get; init; }

    /// <summary>Its mesh fingerprint, 16 hex digits.</summary>
    public required string Mesh { get; init; }

    /// <summary>The highest wire version that it speaks.</summary>
    public required int WireVersion { get; init; }

    /// <summary>When it was last heard, in microseconds since 1970 UTC by this machine's clock.</summary>
    public required long SeenAtUnixMicroseconds { get; init; }
}
