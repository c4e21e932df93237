using Tore.Mesh.Tensors;

namespace Tore.Mesh.Inference;

/// <summary>The weights of one layer, ready for the kernels. Biases are null where the architecture has none.</summary>
internal sealed unsafe class LayerWeights
{
    public required float* AttentionNorm { get; init; }

    public required PackedMatrix Query { get; init; }

    public required PackedMatrix Key { get; init; }

    public required PackedMatrix Value { get; init; }

    public required float* QueryBias { get; init; }

    public required float* KeyBias { get; init; }

    public required float* ValueBias { get; init; }

    public required PackedMatrix AttentionOutput { get; init; }

    public required float* FeedForwardNorm { get; init; }

    public required PackedMatrix Gate { get; init; }

    public required PackedMatrix Up { get; init; }

    public required PackedMatrix Down { get; init; }
}
