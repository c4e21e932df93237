using Tore.Mesh.Inference.Sampling;
using Tore.Mesh.Models;
using Tore.Mesh.Models.Gguf;
using Tore.Mesh.Primitives;
using Tore.Mesh.Tensors;
using Tore.Mesh.Tensors.Kernels.Vector;

namespace Tore.Mesh.Inference;

/// <summary>Every size of a shard, computed before anything is loaded; memory is asked for in these amounts and no others.</summary>
internal sealed class ShardShape
{
    /// <summary>Logit rows computed at once beyond the slots: enough that comparing engines reads the output matrix rarely.</summary>
    private const int LeastLogitRows = 16;

    private readonly ModelTensors _tensors;

    /// <summary>Works out the sizes.</summary>
    public ShardShape(ModelConfig config, ModelTensors tensors, LayerRange layers, ShardOptions options)
    {
        if (layers.End >= config.LayerCount)
        {
            throw new ToreException(
                ErrorCodes.InvalidStages,
                $"Layers {layers} are asked for, but the model has layers 0-{config.LayerCount - 1}: take a range within these.");
        }
        ArgumentOutOfRangeException.ThrowIfLessThan(options.Slots, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(options.Slots, Limits.StageSlots);
        Config = config;
        _tensors = tensors;
        Layers = layers;
        Slots = options.Slots;
        ContextLength = options.ContextFor(config.ContextLength);
        ArgumentOutOfRangeException.ThrowIfLessThan(ContextLength, 1);
        Lanes = options.Threads ?? Threads.CoreCount.Physical;
        Chunk = Math.Min(options.ChunkFor(config.Width), ContextLength);
        Budget = new ShardBudget(WeightBytes(), Stored().Max(tensor => tensor.Bytes), KeyValueBytes(), ScratchBytes());
    }

    public ModelConfig Config { get; }

    public LayerRange Layers { get; }

    public bool IsFirst => Layers.Start == 0;

    public bool IsLast => Layers.End == Config.LayerCount - 1;

    public int ContextLength { get; }

    public int Slots { get; }

    public int Chunk { get; }

    public int Lanes { get; }

    /// <summary>A chunk and a decode step of every slot.</summary>
    public int MaxRows => Chunk + Slots;

    public int MaxLogitRows => IsLast ? Math.Max(Slots, LeastLogitRows) : 0;

    /// <summary>The longest row that is turned into a panel.</summary>
    public int PanelColumns => Math.Max(Math.Max(Config.Width, Config.QueryWidth), Config.FeedForward);

    public ShardBudget Budget { get; }

    /// <summary>The matrices of a layer, in the order in which they are used.</summary>
    public static IEnumerable<GgufTensor> MatricesOf(LayerTensors layer) =>
        [layer.Query, layer.Key, layer.Value, layer.AttentionOutput, layer.Gate, layer.Up, layer.Down];

    /// <summary>The matrices of the shard; a tied embedding once, also where the shard is first and last.</summary>
    public IEnumerable<GgufTensor> Matrices()
    {
        HashSet<GgufTensor> ends = [];
        if (IsFirst)
        {
            ends.Add(_tensors.TokenEmbedding);
        }
        if (IsLast)
        {
            ends.Add(_tensors.Output);
        }
        return ends.Concat(LayerTensorsOf().SelectMany(MatricesOf));
    }

    /// <summary>The activation forms that the shard's matrices ask for.</summary>
    public IEnumerable<ActivationForm> Forms() => LayerTensorsOf().SelectMany(MatricesOf).Concat(IsLast ? [_tensors.Output] : [])
        .Select(tensor => ActivationPanel.FormFor(tensor.Type)).Distinct();

    /// <summary>Bytes that are read from the file.</summary>
    public long StoredBytes() => Stored().Sum(tensor => tensor.Bytes);

    private IEnumerable<LayerTensors> LayerTensorsOf() => Enumerable.Range(Layers.Start, Layers.Count).Select(i => _tensors.Layers[i]);

    private IEnumerable<GgufTensor> Stored() => Matrices().Concat(Vectors());

    private IEnumerable<GgufTensor> Vectors() =>
        LayerTensorsOf().SelectMany(layer => layer.All.Except(MatricesOf(layer))).Concat(IsLast ? [_tensors.OutputNorm] : []);

    private long WeightBytes() =>
        Matrices().Sum(tensor => PackedMatrix.PackedBytes(tensor.Type, (int)tensor.Rows, (int)tensor.Columns))
        + Vectors().Sum(tensor => VectorBytes((int)tensor.Elements))
        + RopeTable.BytesFor(ContextLength, Config.RopeDimensions / 2);

    private long KeyValueBytes() => KvCache.BytesFor(Layers.Count, Config.KvHeads, Config.HeadDim, ContextLength, Slots);

    private long ScratchBytes()
    {
        long row = 2L * sizeof(float) * (Config.Width + Config.QueryWidth + Config.KvWidth + Config.FeedForward);
        long panels = Forms().Count() * ActivationPanel.BytesFor(MaxRows, PanelColumns);
        long logits = IsLast
            ? ((long)MaxLogitRows * Config.VocabularySize * sizeof(float)) + TokenSampler.BytesFor(Config.VocabularySize)
            : 0;
        long attention = Lanes * AttentionKernel.ScratchFloats(ContextLength) * sizeof(float);
        long queued = IsFirst ? 0 : (long)Slots * Chunk * Limits.TokensAhead * Config.Width * sizeof(float);
        return (MaxRows * row) + panels + logits + attention + queued;
    }

    /// <summary>A vector on a cache line of its own.</summary>
    internal static long VectorBytes(int elements) =>
        ((long)elements * sizeof(float) + AlignedBuffer.Alignment - 1) / AlignedBuffer.Alignment * AlignedBuffer.Alignment;
}
