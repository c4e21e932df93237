using Tore.Mesh.Models;
using Tore.Mesh.Models.Gguf;
using Tore.Mesh.Tensors;
using Tore.Mesh.Tensors.Kernels.Vector;

namespace Tore.Mesh.Inference;

/// <summary>
/// All weights of a shard. They are read tensor by tensor: a piece of the file into a lane's buffer, from there repacked into its
/// final place, so that the file is never in memory twice. Whatever fails, everything read so far is freed.
/// </summary>
internal sealed unsafe class ShardWeights : IDisposable
{
    private readonly List<IDisposable> _owned = [];
    private readonly Dictionary<GgufTensor, PackedMatrix> _matrices = [];

    private ShardWeights()
    {
    }

    /// <summary>The embedding; on the first shard.</summary>
    public PackedMatrix? Embedding { get; private set; }

    /// <summary>The output matrix, perhaps the embedding itself; on the last shard.</summary>
    public PackedMatrix? Output { get; private set; }

    /// <summary>Weight of the last norm; on the last shard.</summary>
    public float* OutputNorm { get; private set; }

    /// <summary>The layers.</summary>
    public LayerWeights[] Layers { get; private set; } = [];

    /// <summary>Cosines and sines of all positions.</summary>
    public RopeTable Rope { get; private set; } = null!;

    /// <summary>Loads them.</summary>
    public static ShardWeights Load(
        GgufFile file,
        ModelTensors tensors,
        ShardShape shape,
        Threads.EnginePool pool,
        IProgress<LoadProgress>? progress,
        CancellationToken cancellationToken)
    {
        var weights = new ShardWeights();
        try
        {
            using var packing = new MatrixPacking(file, shape, pool, progress, cancellationToken);
            foreach (GgufTensor tensor in shape.Matrices())
            {
                weights._matrices[tensor] = weights.Own(packing.Pack(tensor));
            }
            weights.Embedding = shape.IsFirst ? weights._matrices[tensors.TokenEmbedding] : null;
            weights.Output = shape.IsLast ? weights._matrices[tensors.Output] : null;
            weights.OutputNorm = shape.IsLast ? weights.ReadVector(file, tensors.OutputNorm) : null;
            weights.Layers = new LayerWeights[shape.Layers.Count];
            for (int i = 0; i < weights.Layers.Length; i++)
            {
                weights.Layers[i] = weights.ReadLayer(file, tensors.Layers[shape.Layers.Start + i]);
            }
            ModelConfig config = shape.Config;
            RopeScaling scaling = config.RopeScaling;
            weights.Rope = weights.Own(new RopeTable(
                shape.ContextLength, config.RopeDimensions / 2, config.RopeBase, scaling.Factor, [.. scaling.Factors]));
            packing.Finish();
            return weights;
        }
        catch
        {
            weights.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (IDisposable owned in _owned)
        {
            owned.Dispose();
        }
        _owned.Clear();
    }

    private LayerWeights ReadLayer(GgufFile file, LayerTensors layer) => new()
    {
        AttentionNorm = ReadVector(file, layer.AttentionNorm),
        Query = _matrices[layer.Query],
        QueryBias = ReadVector(file, layer.QueryBias),
        Key = _matrices[layer.Key],
        KeyBias = ReadVector(file, layer.KeyBias),
        Value = _matrices[layer.Value],
        ValueBias = ReadVector(file, layer.ValueBias),
        AttentionOutput = _matrices[layer.AttentionOutput],
        FeedForwardNorm = ReadVector(file, layer.FeedForwardNorm),
        Gate = _matrices[layer.Gate],
        Up = _matrices[layer.Up],
        Down = _matrices[layer.Down],
    };

    private float* ReadVector(GgufFile file, GgufTensor? tensor)
    {
        if (tensor is null)
        {
            return null;
        }
        float[] values = file.ReadFloats(tensor);
        AlignedBuffer buffer = Own(new AlignedBuffer(ShardShape.VectorBytes(values.Length)));
        values.CopyTo(new Span<float>(buffer.Floats, values.Length));
        return buffer.Floats;
    }

    private T Own<T>(T owned)
        where T : IDisposable
    {
        _owned.Add(owned);
        return owned;
    }
}
