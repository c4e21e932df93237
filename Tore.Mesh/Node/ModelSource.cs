using Tore.Mesh.Primitives;

namespace Tore.Mesh.Node;

/// <summary>A model that a node serves from a file on its own disk.</summary>
/// <param name="Path">The GGUF file (of a split model its first part).</param>
public sealed record ModelSource(string Path)
{
    /// <summary>The label; null takes the file name without <c>.gguf</c>.</summary>
    public string? Label { get; init; }

    /// <summary>The only layers that this node opens; null for any (<c>--layers</c>).</summary>
    public LayerRange? Layers { get; init; }
}
