using Tore.Mesh.Identity;
using Tore.Mesh.Membership;
using Tore.Mesh.Storage;

namespace Tore.Mesh.Node;

/// <summary>The mesh that a node joins, and whom it dials there first.</summary>
/// <param name="Mesh">Name, fingerprint and secret.</param>
/// <param name="Seeds">Addresses of the options, of the invite, and those an earlier invite left.</param>
internal sealed record JoinedMesh(MeshSecret Mesh, IReadOnlyList<PeerAddress> Seeds)
{
    /// <summary>
    /// Finds what the options ask for; an invite is kept in the data folder first. Throws <c>invite_expired</c>,
    /// <c>mesh_exists</c>, <c>mesh_not_found</c>, <c>mesh_malformed</c>, or what is wrong with the folder.
    /// </summary>
    public static JoinedMesh Find(MeshNodeOptions options, string dataFolder, DateTimeOffset now)
    {
        List<PeerAddress> seeds = [];
        foreach (string text in options.Seeds)
        {
            seeds.Add(PeerAddress.TryParse(text, out PeerAddress seed) ? seed : default);
        }
        var store = new MeshStore(dataFolder);
        StoredMesh? stored = options.Invite is { } invite ? store.Join(invite, now)
            : options.Mesh is { } name ? store.Get(name)
            : null;
        return stored is null
            ? new JoinedMesh(options.Open ? MeshSecret.Open : MeshSecret.Local, seeds)
            : new JoinedMesh(stored.Mesh, [.. seeds.Concat(stored.Addresses).Distinct()]);
    }
}
