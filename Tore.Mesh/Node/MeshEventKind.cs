namespace Tore.Mesh.Node;

/// <summary>The kinds of <see cref="MeshEvent"/>.</summary>
internal enum MeshEventKind
{
    /// <summary>From the directory: no link is left with a peer; somebody ended the last.</summary>
    Unlinked,

    /// <summary>From the directory: no link is left with a peer; the last one broke.</summary>
    LinkBroke,

    /// <summary>From the directory: a peer could not be reached in time.</summary>
    Unreachable,

    /// <summary>From membership: a link is wanted at once.</summary>
    Reach,

    /// <summary>From membership: a member came, went or changed.</summary>
    Member,
}
