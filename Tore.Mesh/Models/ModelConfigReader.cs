using Tore.Mesh.Models.Gguf;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Models;

/// <summary>Reads a <see cref="ModelConfig"/> key by key; every value is checked before another is derived from it.</summary>
internal sealed class ModelConfigReader(GgufFile file)
{
    private readonly GgufMetadata _metadata = file.Metadata;
    private readonly ModelArchitecture _architecture = ModelArchitecture.Find(file.Metadata.GetString("general.architecture"), file.Path);

    public ModelConfig Read()
    {
        RefuseWhatIsNotRun();
        int layers = Positive("block_count", Limits.ModelLayers);
        int width = Positive("embedding_length", Limits.ModelDimension);
        int feedForward = Positive("feed_forward_length", Limits.ModelDimension);
        int heads = Positive("attention.head_count", width);
        int kvHeads = Positive("attention.head_count_kv", heads, heads);
        if (heads % kvHeads != 0)
        {
            throw Bad("attention.head_count_kv", $"is {kvHeads}, which does not divide the {heads} query heads");
        }
        int headDim = ReadHeadDim(width, heads);
        int ropeDimensions = Positive("rope.dimension_count", headDim, headDim);
        if (ropeDimensions % 2 != 0)
        {
            throw Bad("rope.dimension_count", $"is {ropeDimensions}; RoPE turns pairs, so it must be even");
        }
        int vocabulary = ReadVocabularySize();
        return new ModelConfig
        {
            Architecture = _architecture,
            Name = _metadata.GetString("general.name", ""),
            LayerCount = layers,
            Width = width,
            FeedForward = feedForward,
            Heads = heads,
            KvHeads = kvHeads,
            HeadDim = headDim,
            RopeDimensions = ropeDimensions,
            RopeBase = ReadFloat("rope.freq_base", 10_000, least: 1, most: 1e12),
            RopeScaling = ReadRopeScaling(ropeDimensions),
            NormEpsilon = ReadFloat("attention.layer_norm_rms_epsilon", null, least: 1e-12, most: 0.1),
            ContextLength = Positive("context_length", int.MaxValue),
            VocabularySize = vocabulary,
            TiedOutput = !file.TryGetTensor(ModelTensors.OutputName, out _),
            QkvBias = _architecture.QkvBiasRequired || file.TryGetTensor("blk.0.attn_q.bias", out _),
        };
    }

    private void RefuseWhatIsNotRun()
    {
        if (file.Tensors.Count == 0)
        {
            throw GgufFault.Unsupported(file.Path, "the file holds a vocabulary and no tensors");
        }
        if (_metadata.TryGetInteger(Key("expert_count"), out long experts) && experts > 0)
        {
            throw GgufFault.Unsupported(file.Path, $"it is a mixture of {experts} experts ('{Key("expert_count")}')");
        }
        if (!_metadata.GetBool(Key("attention.causal"), true))
        {
            throw GgufFault.Unsupported(file.Path, "its attention is not causal: it is an encoder, not a generator");
        }
    }

    private int ReadHeadDim(int width, int heads)
    {
        bool named = _metadata.Contains(Key("attention.key_length"));
        if (!named && width % heads != 0)
        {
            throw Bad(
                "attention.head_count",
                $"is {heads}, which does not divide the width {width}, and there is no '{Key("attention.key_length")}'");
        }
        int headDim = Positive("attention.key_length", Limits.ModelDimension / heads, width / heads);
        int valueDim = Positive("attention.value_length", Limits.ModelDimension, headDim);
        if (valueDim != headDim)
        {
            throw GgufFault.Unsupported(file.Path, $"its value heads have {valueDim} elements and its key heads {headDim}");
        }
        return headDim;
    }

    private int ReadVocabularySize()
    {
        if (!file.TryGetTensor(ModelTensors.EmbeddingName, out GgufTensor? embedding))
        {
            throw GgufFault.Malformed(file.Path, $"tensor '{ModelTensors.EmbeddingName}' is missing");
        }
        if (embedding.Rows > Limits.ModelDimension)
        {
            throw GgufFault.Limit(
                file.Path,
                $"'{embedding.Name}' has {embedding.Rows} rows; at most {Limits.ModelDimension} tokens are accepted");
        }
        int tokens = _metadata.ElementCount("tokenizer.ggml.tokens");
        return tokens == 0 || tokens == embedding.Rows
            ? (int)embedding.Rows
            : throw GgufFault.Malformed(file.Path, $"its vocabulary has {tokens} tokens, but '{embedding.Name}' has {embedding.Rows} rows");
    }

    private RopeScaling ReadRopeScaling(int ropeDimensions)
    {
        string type = _metadata.GetString(Key("rope.scaling.type"), "none");
        if (type is not ("none" or "linear"))
        {
            throw GgufFault.Unsupported(
                file.Path,
                $"its RoPE scaling is '{type}' ('{Key("rope.scaling.type")}'); none, linear and the factors of Llama 3 are known");
        }
        if (file.TryGetTensor("rope_factors_long.weight", out _) || file.TryGetTensor("rope_factors_short.weight", out _))
        {
            throw GgufFault.Unsupported(file.Path, "its RoPE scaling is 'longrope' (tensors 'rope_factors_long' and 'rope_factors_short')");
        }
        // The older name of the linear factor stood alone, without a type.
        float legacy = ReadFloat("rope.scale_linear", 1, least: 1e-3, most: 1e6);
        float factor = type == "linear" ? ReadFloat("rope.scaling.factor", 1, least: 1e-3, most: 1e6) : legacy;
        float[] factors = ReadRopeFactors(ropeDimensions);
        return factors.Length > 0 ? new RopeScaling(RopeScalingKind.Factors, factor, factors)
            : factor != 1 ? new RopeScaling(RopeScalingKind.Linear, factor, [])
            : RopeScaling.None;
    }

    private float[] ReadRopeFactors(int ropeDimensions)
    {
        if (!file.TryGetTensor(ModelTensors.RopeFactorsName, out GgufTensor? tensor))
        {
            return [];
        }
        if (tensor.Elements != ropeDimensions / 2)
        {
            throw GgufFault.Malformed(
                file.Path,
                $"'{tensor.Name}' has {tensor.Elements} elements; {ropeDimensions} RoPE dimensions need {ropeDimensions / 2}");
        }
        float[] factors = file.ReadFloats(tensor);
        int bad = Array.FindIndex(factors, factor => factor is not (>= 1e-3f and <= 1e6f));
        return bad < 0 ? factors : throw GgufFault.BadValue(
            file.Path,
            $"element {bad} of '{tensor.Name}' is {factors[bad]}; factors are from 0.001 to 1000000");
    }

    private int Positive(string name, int most, int? fallback = null)
    {
        if (!_metadata.TryGetInteger(Key(name), out long value))
        {
            value = fallback ?? throw Bad(name, "is missing");
        }
        return value < 1 ? throw Bad(name, $"is {value}; it must be at least 1")
            : value > most ? throw GgufFault.Limit(file.Path, $"metadata key '{Key(name)}' is {value}; at most {most} makes sense here")
            : (int)value;
    }

    private float ReadFloat(string name, double? fallback, double least, double most)
    {
        if (!_metadata.TryGetFloat(Key(name), out double value))
        {
            value = fallback ?? throw Bad(name, "is missing");
        }
        return value >= least && value <= most ? (float)value : throw Bad(name, $"is {value}; it must be from {least} to {most}");
    }

    private string Key(string name) => $"{_architecture.Name}.{name}";

    private ToreException Bad(string name, string what) => _metadata.Bad(Key(name), what);
}
