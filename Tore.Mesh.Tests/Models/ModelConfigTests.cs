using Tore.Mesh.Models;
using Tore.Mesh.Models.Gguf;
using Tore.Mesh.Primitives;
using Tore.Mesh.Tensors;

namespace Tore.Mesh.Tests.Models;

public sealed class ModelConfigTests
{
    [Fact]
    public void Read_UnalteredModel_Succeeds()
    {
        using AlteredModel model = new();
        using GgufFile file = model.Open();
        ModelConfig config = ModelConfig.Read(file);
        Assert.Equal((16, 64, 32, false), (config.HeadDim, config.QueryWidth, config.KvWidth, config.TiedOutput));
        Assert.Equal(2, ModelTensors.Read(file, config).Layers.Count);
    }

    [Theory]
    [InlineData("llama.block_count", 0u, ErrorCodes.ModelBadValue)]
    [InlineData("llama.block_count", 1025u, ErrorCodes.ModelLimit)]
    [InlineData("llama.embedding_length", 0u, ErrorCodes.ModelBadValue)]
    [InlineData("llama.embedding_length", 66u, ErrorCodes.ModelBadValue)]
    [InlineData("llama.embedding_length", 0xffffffffu, ErrorCodes.ModelLimit)]
    [InlineData("llama.feed_forward_length", 0u, ErrorCodes.ModelBadValue)]
    [InlineData("llama.feed_forward_length", 2_097_153u, ErrorCodes.ModelLimit)]
    [InlineData("llama.attention.head_count", 0u, ErrorCodes.ModelBadValue)]
    [InlineData("llama.attention.head_count", 3u, ErrorCodes.ModelBadValue)]
    [InlineData("llama.attention.head_count", 65u, ErrorCodes.ModelLimit)]
    [InlineData("llama.attention.head_count_kv", 0u, ErrorCodes.ModelBadValue)]
    [InlineData("llama.attention.head_count_kv", 3u, ErrorCodes.ModelBadValue)]
    [InlineData("llama.attention.head_count_kv", 8u, ErrorCodes.ModelLimit)]
    [InlineData("llama.attention.key_length", 0u, ErrorCodes.ModelBadValue)]
    [InlineData("llama.attention.value_length", 8u, ErrorCodes.ModelUnsupported)]
    [InlineData("llama.rope.dimension_count", 0u, ErrorCodes.ModelBadValue)]
    [InlineData("llama.rope.dimension_count", 15u, ErrorCodes.ModelBadValue)]
    [InlineData("llama.rope.dimension_count", 18u, ErrorCodes.ModelLimit)]
    [InlineData("llama.context_length", 0u, ErrorCodes.ModelBadValue)]
    [InlineData("llama.context_length", 0xffffffffu, ErrorCodes.ModelLimit)]
    [InlineData("llama.expert_count", 8u, ErrorCodes.ModelUnsupported)]
    public void Read_BadNumber_NamesTheKeyAndTheValue(string key, uint value, string code)
    {
        using AlteredModel model = new();
        Refused(model.With(key, writer => writer.Add(key, value)), code, $"{value}");
    }

    [Theory]
    [InlineData("llama.attention.layer_norm_rms_epsilon", float.NaN)]
    [InlineData("llama.attention.layer_norm_rms_epsilon", float.PositiveInfinity)]
    [InlineData("llama.attention.layer_norm_rms_epsilon", 0f)]
    [InlineData("llama.attention.layer_norm_rms_epsilon", -1e-5f)]
    [InlineData("llama.attention.layer_norm_rms_epsilon", 1f)]
    [InlineData("llama.rope.freq_base", 0f)]
    [InlineData("llama.rope.freq_base", float.NegativeInfinity)]
    [InlineData("llama.rope.scale_linear", 0f)]
    public void Read_BadFloat_NamesTheKey(string key, float value)
    {
        using AlteredModel model = new();
        Refused(model.With(key, writer => writer.Add(key, value)), ErrorCodes.ModelBadValue, key);
    }

    [Theory]
    [InlineData("llama.block_count")]
    [InlineData("llama.embedding_length")]
    [InlineData("llama.feed_forward_length")]
    [InlineData("llama.attention.head_count")]
    [InlineData("llama.attention.layer_norm_rms_epsilon")]
    [InlineData("llama.context_length")]
    [InlineData("general.architecture")]
    public void Read_MissingKey_NamesIt(string key)
    {
        using AlteredModel model = new();
        Refused(model.Without(key), ErrorCodes.ModelBadValue, $"'{key}' is missing");
    }

    [Fact]
    public void Read_AbsentOptionalKeys_TakeTheirDefaults()
    {
        using AlteredModel model = new();
        model.Without("llama.attention.head_count_kv").Without("llama.rope.dimension_count").Without("llama.rope.freq_base");
        using GgufFile file = model.Open();
        ModelConfig config = ModelConfig.Read(file);
        Assert.Equal((4, 16, 10_000f), (config.KvHeads, config.RopeDimensions, config.RopeBase));
    }

    [Fact]
    public void Read_KeyLength_NeedNotFollowFromTheWidth()
    {
        using AlteredModel model = new();
        model.With("llama.attention.key_length", writer => writer.Add("llama.attention.key_length", 24u))
            .With("llama.attention.value_length", writer => writer.Add("llama.attention.value_length", 24u));
        for (int layer = 0; layer < 2; layer++)
        {
            model.WithTensor(
                $"blk.{layer}.attn_q.weight",
                TensorType.Q4_0,
                64,
                96).WithTensor($"blk.{layer}.attn_k.weight",
                TensorType.Q4_0,
                64,
                48)
                .WithTensor(
                    $"blk.{layer}.attn_v.weight",
                    TensorType.Q4_0,
                    64,
                    48).WithTensor($"blk.{layer}.attn_output.weight",
                    TensorType.Q4_0,
                    96,
                    64);
        }
        using GgufFile file = model.Open();
        ModelConfig config = ModelConfig.Read(file);
        Assert.Equal((24, 96, 48), (config.HeadDim, config.QueryWidth, config.KvWidth));
        Assert.Equal(96, ModelTensors.Read(file, config).Layers[1].AttentionOutput.Columns);
    }

    [Theory]
    [InlineData("gpt2")]
    [InlineData("llama\0")]
    [InlineData("")]
    public void Read_UnknownArchitecture_NamesItAndTheKnown(string name)
    {
        using AlteredModel model = new();
        model.With("general.architecture", writer => writer.Add("general.architecture", name));
        ToreException error = Refused(model, ErrorCodes.UnknownArchitecture, $"'{name.Replace('\0', '\ufffd')}'");
        Assert.Contains("llama and qwen2", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("yarn")]
    [InlineData("longrope")]
    [InlineData("su")]
    public void Read_UnknownRopeScaling_NamesIt(string type)
    {
        using AlteredModel model = new();
        Refused(
            model.With(
                "llama.rope.scaling.type",
                writer => writer.Add("llama.rope.scaling.type", type)), ErrorCodes.ModelUnsupported, $"'{type}'");
    }

    [Fact]
    public void Read_RopeFactorsOfWrongNumberOrValue_AreRefused()
    {
        using AlteredModel wrong = new();
        Refused(wrong.WithTensor("rope_freqs.weight", TensorType.F32, 9), ErrorCodes.ModelMalformed, "rope_freqs.weight");
        using AlteredModel zeros = new();
        Refused(zeros.WithTensor("rope_freqs.weight", TensorType.F32, 8), ErrorCodes.ModelBadValue, "rope_freqs.weight");
        using AlteredModel quantized = new();
        Refused(quantized.WithTensor("rope_freqs.weight", TensorType.Q4_0, 32), ErrorCodes.ModelMalformed, "rope_freqs.weight");
    }

    [Fact]
    public void Read_VocabularyAndEmbeddingOfDifferentSizes_AreRefused()
    {
        using AlteredModel model = new();
        Refused(model.WithTensor("token_embd.weight", TensorType.Q4_0, 64, 299), ErrorCodes.ModelMalformed, "300 tokens");
    }

    [Theory]
    [InlineData("token_embd.weight")]
    [InlineData("output_norm.weight")]
    [InlineData("blk.1.attn_norm.weight")]
    [InlineData("blk.1.attn_q.weight")]
    [InlineData("blk.1.attn_k.weight")]
    [InlineData("blk.1.attn_v.weight")]
    [InlineData("blk.1.attn_output.weight")]
    [InlineData("blk.1.ffn_norm.weight")]
    [InlineData("blk.1.ffn_gate.weight")]
    [InlineData("blk.1.ffn_up.weight")]
    [InlineData("blk.1.ffn_down.weight")]
    public void ReadTensors_MissingOrWrongShape_NamesTheTensor(string name)
    {
        using AlteredModel without = new();
        Refused(without.Without(name), ErrorCodes.ModelMalformed, $"'{name}' is missing");
        using AlteredModel wrong = new();
        ToreException error = Refused(wrong.WithTensor(name, TensorType.F32, 3, 300), ErrorCodes.ModelMalformed, $"'{name}'");
        Assert.Contains("3x300", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ReadTensors_QwenWithoutABias_NamesIt()
    {
        using AlteredModel model = new("qwen2");
        Refused(model.Without("blk.1.attn_k.bias"), ErrorCodes.ModelMalformed, "'blk.1.attn_k.bias' is missing");
    }

    [Fact]
    public void ReadTensors_LlamaWithBiases_TakesThem()
    {
        using AlteredModel model = new();
        for (int layer = 0; layer < 2; layer++)
        {
            model.WithTensor($"blk.{layer}.attn_q.bias", TensorType.F32, 64).WithTensor($"blk.{layer}.attn_k.bias", TensorType.F16, 32)
                .WithTensor($"blk.{layer}.attn_v.bias", TensorType.BF16, 32);
        }
        using GgufFile file = model.Open();
        ModelConfig config = ModelConfig.Read(file);
        Assert.True(config.QkvBias);
        Assert.Equal(32, ModelTensors.Read(file, config).Layers[1].ValueBias?.Columns);
    }

    [Fact]
    public void ReadTensors_TensorThatWouldBeLeftUnused_IsRefused()
    {
        using AlteredModel model = new();
        Refused(
            model.WithTensor("blk.0.attn_q_norm.weight", TensorType.F32, 16),
            ErrorCodes.ModelUnsupported,
            "'blk.0.attn_q_norm.weight'");
    }

    [Fact]
    public void ReadTensors_QuantizedNorm_IsRefused()
    {
        using AlteredModel model = new();
        Refused(model.WithTensor("output_norm.weight", TensorType.Q8_0, 64), ErrorCodes.ModelUnsupported, "'output_norm.weight'");
    }

    [Fact]
    public void ReadTensors_TypeThatTheEngineDoesNotRead_IsNamed()
    {
        using AlteredModel model = new();
        const string Name = "blk.0.ffn_up.weight";
        model.With(Name, writer => writer.AddTensor(Name, 20, [64, 96], output => output.Write(new byte[64 / 32 * 18 * 96])));
        Refused(model, ErrorCodes.UnknownTensorType, "IQ4_NL");
    }

    private static ToreException Refused(AlteredModel model, string code, string said)
    {
        using GgufFile file = model.Open();
        ToreException error = Assert.Throws<ToreException>(() => ModelTensors.Read(file, ModelConfig.Read(file)));
        Assert.Equal(code, error.Code);
        Assert.Contains(said, error.Message, StringComparison.Ordinal);
        return error;
    }
}
