using Tore.Mesh.Identity;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Host.Doctor;

/// <summary>Says what it means that a peer is in another mesh than this node: by the fingerprints, which is all that it shows.</summary>
internal static class MeshDifference
{
    /// <summary>The finding.</summary>
    /// <param name="facts">What is known here.</param>
    /// <param name="about">The peer's id or address.</param>
    /// <param name="who">The same in a sentence.</param>
    /// <param name="peer">Its fingerprint; null when it is not known.</param>
    public static Finding Explain(DoctorFacts facts, string about, string who, MeshId? peer)
    {
        IReadOnlyList<MeshFact> meshes = facts.Local?.Meshes ?? [];
        MeshFact? own = meshes.FirstOrDefault(m => m.Id == facts.MeshId);
        MeshFact? rotated = meshes.FirstOrDefault(m => peer is { } id && m.Former.Contains(id));
        MeshFact? other = meshes.FirstOrDefault(m => m.Id == peer);
        string mine = $"mesh '{facts.Mesh}' ({facts.MeshId})";
        if (rotated is not null && (own is null || own == rotated))
        {
            return new Finding(FindingCodes.OldSecret, about,
                $"{who} still has the old secret of mesh '{rotated.Name}' ({peer}; now {rotated.Id}).",
                "The secret was rotated, and that node has not taken a new invite.",
                $"If it is still to be a member: tore invite {rotated.Name}, and on it tore up --join INVITE.");
        }
        if (other is not null)
        {
            return new Finding(ErrorCodes.WrongMesh, about, $"{who} is in mesh '{other.Name}' ({peer}), this node in {mine}.",
                "Both are meshes that this machine knows, but two different ones.",
                $"Start one of the nodes with the other's mesh: tore up --mesh {other.Name} here, or an invite to '{facts.Mesh}' there.");
        }
        return peer is { } fingerprint && (IsOpen(fingerprint) || IsOpen(facts.MeshId))
            ? OpenAndPrivate(facts, about, who, fingerprint, mine)
            : Unknown(facts, about, who, peer, mine);
    }

    private static Finding OpenAndPrivate(DoctorFacts facts, string about, string who, MeshId peer, string mine)
    {
        bool peerIsOpen = IsOpen(peer);
        string theirs = peerIsOpen ? "the open mesh (--open)"
            : IsLocal(peer) ? "its machine's own mesh (a bare 'tore up')" : $"mesh {peer}";
        return new Finding(FindingCodes.OpenAndPrivate, about, $"{who} is in {theirs}, this node in {mine}.",
            "A node of the open mesh and a node of any other never link.",
            peerIsOpen && !IsLocal(facts.MeshId)
                ? $"Start that node with an invite to '{facts.Mesh}' (tore invite {facts.Mesh}) instead of --open."
                : peerIsOpen ? "Start this node with --open too, or better both with one private mesh: tore invite NAME."
                : "Start this node with that one's mesh (its operator's 'tore invite'), or that one with --open too.");
    }

    private static Finding Unknown(DoctorFacts facts, string about, string who, MeshId? peer, string mine)
    {
        if (peer is { } id && IsLocal(id))
        {
            return new Finding(ErrorCodes.WrongMesh, about, $"{who} is in its machine's own mesh 'local', this node in {mine}.",
                "It was started with a bare 'tore up'.", $"Start it with an invite to '{facts.Mesh}': tore up --join INVITE.");
        }
        if (IsLocal(facts.MeshId))
        {
            return new Finding(ErrorCodes.WrongMesh, about, $"{who} is in mesh {peer?.ToString() ?? "unknown"}, this node in 'local'.",
                "This node was started with a bare 'tore up', which joins this machine's own mesh.",
                "Start it with that mesh: tore up --mesh NAME, or tore up --join INVITE.");
        }
        string theirs = peer?.ToString() ?? "of another fingerprint";
        return new Finding(ErrorCodes.WrongMesh, about, $"{who} is in mesh {theirs}, this node in {mine}.",
            "Either it is another mesh (a name proves nothing, the fingerprint counts), or the secret was rotated and one of the two has "
            + "not taken a new invite.",
            "Compare 'tore mesh list' on both. Whoever made or rotated the mesh last says 'tore invite', the other one "
            + "'tore up --join INVITE'.");
    }

    private static bool IsOpen(MeshId id) => id == MeshSecret.Open.Id;

    private static bool IsLocal(MeshId id) => id == MeshSecret.Local.Id;
}
