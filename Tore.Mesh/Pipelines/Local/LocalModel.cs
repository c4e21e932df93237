using Tore.Mesh.Models;
using Tore.Mesh.Models.Gguf;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Pipelines.Local;

/// <summary>A model to run in this process.</summary>
public sealed record LocalModel
{
    /// <summary>The open file; needed while loading only.</summary>
    public required GgufFile File { get; init; }

    /// <summary>Its configuration.</summary>
    public required ModelConfig Config { get; init; }

    /// <summary>Its name here.</summary>
    public required string Label { get; init; }

    /// <summary>Its identity, where somebody asks for it by that.</summary>
    public Digest Digest { get; init; }

    /// <summary>Its text side, or null.</summary>
    public ModelText? Text { get; init; }
}
