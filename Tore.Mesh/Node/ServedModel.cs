using Tore.Mesh.Inference;
using Tore.Mesh.Models;
using Tore.Mesh.Models.Gguf;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Node;

/// <summary>A model file that this node serves: open, understood and identified.</summary>
internal sealed record ServedModel
{
    /// <summary>The open file.</summary>
    public required GgufFile File { get; init; }

    /// <summary>Its configuration.</summary>
    public required ModelConfig Config { get; init; }

    /// <summary>Its text side.</summary>
    public required ModelText Text { get; init; }

    /// <summary>Its name here.</summary>
    public required string Label { get; init; }

    /// <summary>The only layers opened here; null for any.</summary>
    public required LayerRange? Limit { get; init; }

    /// <summary>Its identity.</summary>
    public required Digest Digest { get; init; }

    /// <summary>Positions of one sequence here.</summary>
    public int ContextFor(ShardOptions options) => options.ContextFor(Config.ContextLength);
}
