using Tore.Mesh.Node;

namespace Tore.Mesh.Host.Hosting;

/// <summary>A node with its HTTP interface, as <c>tore up</c> asks for it.</summary>
internal sealed record NodeHostOptions
{
    /// <summary>The node.</summary>
    public required MeshNodeOptions Node { get; init; }

    /// <summary>Its HTTP interface; the certificate is filled in where the node's own is used.</summary>
    public required HttpOptions Http { get; init; }

    /// <summary>Special tokens in callers' texts are read as such.</summary>
    public bool ParseSpecial { get; init; }

    /// <summary>Remove the data folder at the end: a demo's child leaves nothing behind, even when its parent was killed.</summary>
    public bool ThrowAway { get; init; }
}
