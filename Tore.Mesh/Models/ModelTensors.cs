using Tore.Mesh.Models.Gguf;

namespace Tore.Mesh.Models;

/// <summary>
/// The tensors of a model by their role, all there, of the shapes that its configuration demands and of types that the engine
/// reads: matrices of any <see cref="Tensors.TensorType"/>; norms and biases of F32, F16 or BF16
/// (<see cref="GgufFile.ReadFloats"/> widens them). A tensor that the forward pass would leave unused makes the file another
/// model than it seems, so it is refused.
/// </summary>
public sealed class ModelTensors
{
    internal const string EmbeddingName = "token_embd.weight";
    internal const string OutputName = "output.weight";
    internal const string RopeFactorsName = "rope_freqs.weight";

    private readonly GgufFile _file;
    private readonly HashSet<string> _used = new(StringComparer.Ordinal) { RopeFactorsName };

    private ModelTensors(GgufFile file, ModelConfig config)
    {
        _file = file;
        TokenEmbedding = Matrix(EmbeddingName, config.Width, config.VocabularySize);
        OutputNorm = Vector("output_norm.weight", config.Width);
        Output = config.TiedOutput ? TokenEmbedding : Matrix(OutputName, config.Width, config.VocabularySize);
        var layers = new LayerTensors[config.LayerCount];
        for (int i = 0; i < layers.Length; i++)
        {
            layers[i] = ReadLayer($"blk.{i}.", config);
        }
        Layers = layers;
        GgufTensor? foreign = file.Tensors.FirstOrDefault(tensor => !_used.Contains(tensor.Name) && !IsIgnored(tensor.Name));
        if (foreign is not null)
        {
            throw GgufFault.Unsupported(
                file.Path,
                $"it has a tensor '{foreign.Name}', which the architecture '{config.Architecture.Name}' has no use for here");
        }
    }

    /// <summary>Embedding matrix: width x vocabulary.</summary>
    public GgufTensor TokenEmbedding { get; }

    /// <summary>Weight of the last RMSNorm: width.</summary>
    public GgufTensor OutputNorm { get; }

    /// <summary>Output matrix: width x vocabulary; the embedding where the two are tied.</summary>
    public GgufTensor Output { get; }

    /// <summary>The layers.</summary>
    public IReadOnlyList<LayerTensors> Layers { get; }

    /// <summary>Finds and checks the tensors of a model.</summary>
    /// <exception cref="Primitives.ToreException"><c>model_malformed</c> (missing, wrong shape), <c>unknown_tensor_type</c> or
    /// <c>model_unsupported</c>.</exception>
    public static ModelTensors Read(GgufFile file, ModelConfig config) => new(file, config);

    // Tables of angles that converters of 2023 stored; every engine computes them itself.
    private static bool IsIgnored(string name) => name.EndsWith(".attn_rot_embd.weight", StringComparison.Ordinal);

    private LayerTensors ReadLayer(string prefix, ModelConfig config) => new()
    {
        AttentionNorm = Vector(prefix + "attn_norm.weight", config.Width),
        Query = Matrix(prefix + "attn_q.weight", config.Width, config.QueryWidth),
        QueryBias = config.QkvBias ? Vector(prefix + "attn_q.bias", config.QueryWidth) : null,
        Key = Matrix(prefix + "attn_k.weight", config.Width, config.KvWidth),
        KeyBias = config.QkvBias ? Vector(prefix + "attn_k.bias", config.KvWidth) : null,
        Value = Matrix(prefix + "attn_v.weight", config.Width, config.KvWidth),
        ValueBias = config.QkvBias ? Vector(prefix + "attn_v.bias", config.KvWidth) : null,
        AttentionOutput = Matrix(prefix + "attn_output.weight", config.QueryWidth, config.Width),
        FeedForwardNorm = Vector(prefix + "ffn_norm.weight", config.Width),
        Gate = Matrix(prefix + "ffn_gate.weight", config.Width, config.FeedForward),
        Up = Matrix(prefix + "ffn_up.weight", config.Width, config.FeedForward),
        Down = Matrix(prefix + "ffn_down.weight", config.FeedForward, config.Width),
    };

    private GgufTensor Matrix(string name, long columns, long rows)
    {
        GgufTensor tensor = Find(name, columns, rows);
        return tensor.HasKnownType ? tensor : throw GgufFault.UnknownType(_file.Path, tensor);
    }

    private GgufTensor Vector(string name, long elements)
    {
        GgufTensor tensor = Find(name, elements, 1);
        return tensor.TypeName is "F32" or "F16" or "BF16"
            ? tensor
            : throw GgufFault.Unsupported(
                _file.Path,
                $"tensor '{name}' has type {tensor.TypeName}; norms and biases are read in F32, F16 and BF16");
    }

    private GgufTensor Find(string name, long columns, long rows)
    {
        if (!_file.TryGetTensor(name, out GgufTensor? tensor))
        {
            throw GgufFault.Malformed(_file.Path, $"tensor '{name}' is missing");
        }
        _used.Add(name);
        return tensor.Columns == columns && tensor.Rows == rows
            ? tensor
            : throw GgufFault.Malformed(_file.Path, $"tensor '{name}' has the shape {tensor.Shape}; the metadata demand {columns}x{rows}");
    }
}
