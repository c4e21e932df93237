using Tore.Mesh.Models.Gguf;

namespace Tore.Mesh.Models;

/// <summary>
/// The numbers that define a model's forward pass, read from the file's metadata and checked against each other: whoever
/// holds one may compute with it. Tensors are checked by <see cref="ModelTensors"/>.
/// </summary>
public sealed record ModelConfig
{
    /// <summary>The architecture.</summary>
    public required ModelArchitecture Architecture { get; init; }

    /// <summary>The file's own name for the model (<c>general.name</c>): a label for people, empty where it has none.</summary>
    public required string Name { get; init; }

    /// <summary>Number of layers.</summary>
    public required int LayerCount { get; init; }

    /// <summary>Elements of the residual stream (embedding length).</summary>
    public required int Width { get; init; }

    /// <summary>Elements inside the feed-forward.</summary>
    public required int FeedForward { get; init; }

    /// <summary>Query heads.</summary>
    public required int Heads { get; init; }

    /// <summary>Key-value heads; divides <see cref="Heads"/>.</summary>
    public required int KvHeads { get; init; }

    /// <summary>Elements of one head.</summary>
    public required int HeadDim { get; init; }

    /// <summary>Leading elements of a head that RoPE turns; even.</summary>
    public required int RopeDimensions { get; init; }

    /// <summary>RoPE base frequency.</summary>
    public required float RopeBase { get; init; }

    /// <summary>RoPE scaling.</summary>
    public required RopeScaling RopeScaling { get; init; }

    /// <summary>RoPE turns pairs (2i, 2i+1) of a head, not (i, i + n/2).</summary>
    public bool RopeInterleaved => Architecture.RopeInterleaved;

    /// <summary>Epsilon of RMSNorm.</summary>
    public required float NormEpsilon { get; init; }

    /// <summary>Positions that the model was made for.</summary>
    public required int ContextLength { get; init; }

    /// <summary>Tokens: rows of the embedding and of the output matrix.</summary>
    public required int VocabularySize { get; init; }

    /// <summary>The output matrix is the embedding.</summary>
    public required bool TiedOutput { get; init; }

    /// <summary>The Q, K and V products have biases.</summary>
    public required bool QkvBias { get; init; }

    /// <summary>Elements of all query heads.</summary>
    public int QueryWidth => Heads * HeadDim;

    /// <summary>Elements of all key heads, and of all value heads.</summary>
    public int KvWidth => KvHeads * HeadDim;

    /// <summary>Reads and checks the configuration of a model that the engine is to run.</summary>
    /// <exception cref="Primitives.ToreException"><c>unknown_architecture</c>, <c>model_unsupported</c>,
    /// <c>model_bad_value</c>, <c>model_limit</c> or <c>model_malformed</c>.</exception>
    public static ModelConfig Read(GgufFile file) => new ModelConfigReader(file).Read();
}
