using Tore.Mesh.Models;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Pipelines;

/// <summary>A model as a caller sees it.</summary>
public sealed record ModelListing
{
    /// <summary>Its name here: the file name without <c>.gguf</c>, or <c>--name</c>.</summary>
    public required string Label { get; init; }

    /// <summary>Its identity: SHA-256 over its manifest.</summary>
    public required Digest Digest { get; init; }

    /// <summary>Architecture name, <c>llama</c> or <c>qwen2</c>.</summary>
    public required string Architecture { get; init; }

    /// <summary>Number of layers.</summary>
    public required int LayerCount { get; init; }

    /// <summary>Positions that a request may use here.</summary>
    public required int ContextLength { get; init; }

    /// <summary>Tokenizer and chat template; null when this node holds no copy of the file.</summary>
    public required ModelText? Text { get; init; }

    /// <summary>Layers that no live node covers; empty when the model is ready.</summary>
    public required IReadOnlyList<LayerRange> MissingLayers { get; init; }

    /// <summary>Whether every layer is covered.</summary>
    public bool IsReady => MissingLayers.Count == 0;
}
