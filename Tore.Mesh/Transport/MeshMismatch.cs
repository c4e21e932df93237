using System.Text.RegularExpressions;
using Tore.Mesh.Identity;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Transport;

/// <summary>
/// The error of a peer in another mesh. Its text names the peer's fingerprint, and is read back here for <c>tore doctor</c>.
/// </summary>
public static partial class MeshMismatch
{
    /// <summary>Makes the error.</summary>
    internal static ToreException Of(MeshId peer, MeshSecret own) => new(ErrorCodes.WrongMesh,
        $"The peer is in mesh {peer}, this node in {own}. Give both the same --mesh, invite or --open; after a rotation, a new invite.");

    /// <summary>The peer's fingerprint, out of a text that <see cref="Of"/> made; null from any other.</summary>
    public static MeshId? PeerMeshIn(string? text) =>
        text is not null && PeerMesh().Match(text) is { Success: true } match && MeshId.TryParse(match.Groups["id"].Value, out MeshId id)
            ? id
            : null;

    [GeneratedRegex("^The peer is in mesh (?<id>[0-9a-f]{16}),")]
    private static partial Regex PeerMesh();
}
