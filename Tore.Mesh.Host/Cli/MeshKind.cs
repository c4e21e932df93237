using Tore.Mesh.Identity;
using Tore.Mesh.Node;

namespace Tore.Mesh.Host.Cli;

/// <summary>What a mesh proves of its members, for the ready line and for <c>tore status</c>.</summary>
internal static class MeshKind
{
    public const string Private = "private";
    public const string Open = "open";
    public const string Local = "local";

    /// <summary><c>private</c>, <c>open</c> or <c>local</c>.</summary>
    public static string Of(NodeStatus status) => status.IsPrivate ? Private : Of(status.Mesh);

    /// <summary>The same from a name: those of meshes without a secret are reserved.</summary>
    public static string Of(string name) => name == MeshSecret.Open.Name ? Open : name == MeshSecret.Local.Name ? Local : Private;

    /// <summary>Kind, name, fingerprint, and what links in it prove.</summary>
    public static string Describe(NodeStatus status) => Describe(status.Mesh, status.MeshFingerprint);

    /// <summary>The same from name and fingerprint.</summary>
    public static string Describe(string name, string fingerprint) => Of(name) switch
    {
        Private => $"private mesh {name} ({fingerprint}): members prove its secret",
        Open => $"open mesh ({fingerprint}): proves keys, not membership, so any node that reaches it may join",
        _ => $"mesh {name} ({fingerprint}): this machine only",
    };
}
