using Tore.Mesh.Models;
using Tore.Mesh.Models.Gguf;
using Tore.Mesh.Tests.Support;

namespace Tore.Mesh.Tests.Models;

public sealed class RealModelTests
{
    [Fact]
    public void Read_Stories_HasTheValuesOfItsCard()
    {
        using GgufFile file = GgufFile.Open(SharedFiles.Require("models/stories.gguf"));
        ModelConfig config = ModelConfig.Read(file);
        Assert.Equal(
            ("llama", "Tore Stories", 8, 128, 384, 4, 2, 32, 32, 512, 1024),
            (config.Architecture.Name, config.Name, config.LayerCount, config.Width, config.FeedForward, config.Heads, config.KvHeads,
                config.HeadDim, config.RopeDimensions, config.ContextLength, config.VocabularySize));
        Assert.Equal((10_000f, 1e-5f), (config.RopeBase, config.NormEpsilon));
        Assert.Equal((true, false, true), (config.TiedOutput, config.QkvBias, config.RopeInterleaved));
        Assert.Equal(RopeScaling.None, config.RopeScaling);
        ModelTensors tensors = ModelTensors.Read(file, config);
        Assert.Same(tensors.TokenEmbedding, tensors.Output);
        Assert.Equal(74, file.Tensors.Count);
        Assert.Equal(Tore.Mesh.Tensors.TensorType.Q8_0, tensors.Layers[7].Down.Type);
        long outside = tensors.TokenEmbedding.Bytes + tensors.OutputNorm.Bytes;
        Assert.Equal(file.Tensors.Sum(tensor => tensor.Bytes), tensors.Layers.Sum(layer => layer.Bytes) + outside);
    }

    [Theory]
    [InlineData("models/SmolLM2-135M-Instruct.Q4_1.gguf", 30, 576, 9, 3, 49152, true, false)]
    [InlineData("golden/models/stories.BF16.gguf", 8, 128, 4, 2, 1024, true, false)]
    [InlineData("golden/models/stories.F16.gguf", 8, 128, 4, 2, 1024, true, false)]
    [InlineData("golden/models/stories.F32.gguf", 8, 128, 4, 2, 1024, true, false)]
    [InlineData("golden/models/stories.Q4_0.gguf", 8, 128, 4, 2, 1024, true, false)]
    [InlineData("golden/models/stories.Q4_1.gguf", 8, 128, 4, 2, 1024, true, false)]
    [InlineData("golden/models/stories.Q5_0.gguf", 8, 128, 4, 2, 1024, true, false)]
    [InlineData("golden/models/stories.Q5_1.gguf", 8, 128, 4, 2, 1024, true, false)]
    [InlineData("golden/models/synth-linear.F32.gguf", 2, 256, 8, 1, 1024, true, false)]
    [InlineData("golden/models/synth-llama.Q4_K.gguf", 3, 256, 8, 2, 1024, false, false)]
    [InlineData("golden/models/synth-llama.Q5_0.gguf", 3, 256, 8, 2, 1024, false, false)]
    [InlineData("golden/models/synth-llama.Q5_K.gguf", 3, 256, 8, 2, 1024, false, false)]
    [InlineData("golden/models/synth-llama.Q6_K.gguf", 3, 256, 8, 2, 1024, false, false)]
    [InlineData("golden/models/synth-llama3.F32.gguf", 3, 256, 4, 4, 1024, false, false)]
    [InlineData("golden/models/synth-qwen2.F16.gguf", 3, 256, 8, 2, 1024, true, true)]
    [InlineData("golden/models/synth-qwen2.Q4_K_M.gguf", 3, 256, 8, 2, 1024, true, true)]
    public void Read_RealFile_GivesItsShape(
        string path, int layers, int width, int heads, int kvHeads, int vocabulary, bool tied, bool bias)
    {
        using GgufFile file = GgufFile.Open(SharedFiles.Require(path));
        ModelConfig config = ModelConfig.Read(file);
        ModelTensors tensors = ModelTensors.Read(file, config);
        Assert.Equal(
            (layers, width, heads, kvHeads, vocabulary, tied, bias),
            (config.LayerCount, config.Width, config.Heads, config.KvHeads, config.VocabularySize, config.TiedOutput, config.QkvBias));
        Assert.Equal(layers, tensors.Layers.Count);
        Assert.Equal(bias, tensors.Layers[0].ValueBias is not null);
        Assert.Equal(bias ? "qwen2" : "llama", config.Architecture.Name);
    }

    [Fact]
    public void Read_LinearScaling_GivesItsFactor()
    {
        using GgufFile file = GgufFile.Open(SharedFiles.Require("golden/models/synth-linear.F32.gguf"));
        RopeScaling scaling = ModelConfig.Read(file).RopeScaling;
        Assert.Equal((RopeScalingKind.Linear, 4f, 0), (scaling.Kind, scaling.Factor, scaling.Factors.Count));
    }

    [Fact]
    public void Read_Llama3Factors_GivesOneForEachPair()
    {
        using GgufFile file = GgufFile.Open(SharedFiles.Require("golden/models/synth-llama3.F32.gguf"));
        RopeScaling scaling = ModelConfig.Read(file).RopeScaling;
        Assert.Equal((RopeScalingKind.Factors, 1f, 32), (scaling.Kind, scaling.Factor, scaling.Factors.Count));
        Assert.Equal((1f, 8f), (scaling.Factors[0], scaling.Factors[31]));
    }

    [Theory]
    [InlineData("gpt-2", 50257, 50000)]
    [InlineData("llama-3", 128256, 280147)]
    [InlineData("llama-spm", 32000, 0)]
    [InlineData("qwen2", 151665, 151387)]
    public void Open_VocabularyWithoutTensors_GivesItsMetadata(string name, int tokens, int merges)
    {
        using GgufFile file = GgufFile.Open(SharedFiles.Require($"golden/tokenizers/{name}.gguf"));
        Assert.Empty(file.Tensors);
        Assert.True(file.Metadata.TryGetStrings("tokenizer.ggml.tokens", out GgufStringArray? strings));
        Assert.Equal(tokens, strings.Count);
        Assert.Equal(merges, file.Metadata.ElementCount("tokenizer.ggml.merges"));
        Assert.True(file.Metadata.TryGetInt32s("tokenizer.ggml.token_type", out int[]? types));
        Assert.Equal(tokens, types.Length);
        for (int i = 0; i < strings.Count; i++)
        {
            Assert.False(strings[i].IsEmpty);
        }
    }
}
