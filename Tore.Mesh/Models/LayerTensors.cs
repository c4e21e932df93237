using Tore.Mesh.Models.Gguf;

namespace Tore.Mesh.Models;

/// <summary>The tensors of one layer, all there and of the right shapes. Matrices are columns x rows as stored: y = W x.</summary>
public sealed record LayerTensors
{
    /// <summary>RMSNorm weight before attention: width.</summary>
    public required GgufTensor AttentionNorm { get; init; }

    /// <summary>Query matrix: width x query width.</summary>
    public required GgufTensor Query { get; init; }

    /// <summary>Query bias, or null.</summary>
    public required GgufTensor? QueryBias { get; init; }

    /// <summary>Key matrix: width x key-value width.</summary>
    public required GgufTensor Key { get; init; }

    /// <summary>Key bias, or null.</summary>
    public required GgufTensor? KeyBias { get; init; }

    /// <summary>Value matrix: width x key-value width.</summary>
    public required GgufTensor Value { get; init; }

    /// <summary>Value bias, or null.</summary>
    public required GgufTensor? ValueBias { get; init; }

    /// <summary>Attention output matrix: query width x width.</summary>
    public required GgufTensor AttentionOutput { get; init; }

    /// <summary>RMSNorm weight before the feed-forward: width.</summary>
    public required GgufTensor FeedForwardNorm { get; init; }

    /// <summary>Gate matrix: width x feed-forward.</summary>
    public required GgufTensor Gate { get; init; }

    /// <summary>Up matrix: width x feed-forward.</summary>
    public required GgufTensor Up { get; init; }

    /// <summary>Down matrix: feed-forward x width.</summary>
    public required GgufTensor Down { get; init; }

    /// <summary>All that are there.</summary>
    public IEnumerable<GgufTensor> All =>
        new[] { AttentionNorm, Query, QueryBias, Key, KeyBias, Value, ValueBias, AttentionOutput, FeedForwardNorm, Gate, Up, Down }
            .OfType<GgufTensor>();

    /// <summary>Stored bytes of the layer.</summary>
    public long Bytes => All.Sum(tensor => tensor.Bytes);
}
