using Tore.Mesh.Models;
using Tore.Mesh.Models.Gguf;
using Tore.Mesh.Models.Synth;
using Tore.Mesh.Primitives;
using Tore.Mesh.Tensors;
using Tore.Mesh.Tests.Support;

namespace Tore.Mesh.Tests.Models.Synth;

public sealed class SynthModelTests : IDisposable
{
    private static readonly SynthOptions Small =
        new() { Layers = 2, Width = 256, FeedForward = 512, Heads = 8, KvHeads = 2, Vocabulary = 600, Seed = 7 };

    private readonly TemporaryFolder _folder = new();

    public static TheoryData<TensorType> Types => [.. Enum.GetValues<TensorType>()];

    public void Dispose() => _folder.Dispose();

    [Theory]
    [MemberData(nameof(Types))]
    public void Write_EveryType_OpensAsTheModelAskedFor(TensorType type)
    {
        foreach (string architecture in new[] { "llama", "qwen2" })
        {
            using GgufFile file = Write(Small with { Type = type, Architecture = architecture });
            ModelConfig config = ModelConfig.Read(file);
            ModelTensors tensors = ModelTensors.Read(file, config);
            Assert.Equal(
                (architecture, 2, 256, 512, 8, 2, 600),
                (config.Architecture.Name, config.LayerCount, config.Width, config.FeedForward, config.Heads, config.KvHeads,
                    config.VocabularySize));
            Assert.Equal((type, type), (tensors.TokenEmbedding.Type, tensors.Layers[1].Down.Type));
            Assert.Equal(architecture == "qwen2", config.QkvBias);
        }
    }

    [Theory]
    [InlineData(TensorType.Q4_K, TensorType.Q5_0)]
    [InlineData(TensorType.Q5_K, TensorType.Q5_1)]
    [InlineData(TensorType.Q6_K, TensorType.Q8_0)]
    [InlineData(TensorType.Q4_0, TensorType.Q4_0)]
    public void Write_RowsThatAreNoWholeBlocks_TakesTheTypeThatFits(TensorType asked, TensorType taken)
    {
        using GgufFile file = Write(Small with { Type = asked, Width = 160, Heads = 4, KvHeads = 4, FeedForward = 72 });
        ModelTensors tensors = ModelTensors.Read(file, ModelConfig.Read(file));
        Assert.Equal((taken, TensorType.F16), (tensors.TokenEmbedding.Type, tensors.Layers[0].Down.Type));
    }

    [Fact]
    public void Write_SameSeed_GivesTheSameBytesAndAnotherSeedOthers()
    {
        string[] digests = [.. new[] { 7ul, 7ul, 8ul }.Select(seed =>
        {
            using GgufFile file = Write(Small with { Seed = seed });
            byte[] bytes = new byte[file.Tensors[0].Bytes];
            file.Read(file.Tensors[0], 0, bytes);
            return Digest.Of(bytes).ToHex();
        })];
        Assert.Equal(digests[0], digests[1]);
        Assert.NotEqual(digests[0], digests[2]);
    }

    [Theory]
    [InlineData(TensorType.F32)]
    [InlineData(TensorType.F16)]
    [InlineData(TensorType.BF16)]
    public void Fill_FloatTypes_HaveTheDeviationAskedFor(TensorType type)
    {
        using GgufFile file = Write(Small with { Type = type });
        float[] weights = file.ReadFloats(ModelTensors.Read(file, ModelConfig.Read(file)).Layers[0].Query);
        Assert.InRange(weights.Average(), -0.001, 0.001);
        Assert.InRange(weights.Average(weight => weight * weight) * 256, 0.95, 1.05);
    }

    [Fact]
    public void Write_Vocabulary_HasDistinctPiecesEachReachableByMerging()
    {
        using GgufFile file = Write(Small with { Vocabulary = 32_000, Layers = 1, Width = 32, Heads = 2, FeedForward = 32 });
        Assert.True(file.Metadata.TryGetStrings("tokenizer.ggml.tokens", out GgufStringArray? tokens));
        string[] texts = [.. Enumerable.Range(0, tokens.Count).Select(tokens.TextAt)];
        var known = new HashSet<string>(texts);
        Assert.Equal(32_000, known.Count);
        Assert.All(texts.Skip(259), text => Assert.True(text.Length == 1 || known.Contains(text[..^1]), text));
    }

    [Fact]
    public void Write_ImpossibleShape_NamesEveryFault()
    {
        SynthOptions options = Small with { Layers = 0, Heads = 7, Vocabulary = 100 };
        ToreException error = Assert.Throws<ToreException>(() => Write(options));
        Assert.Equal(ErrorCodes.InvalidRequest, error.Code);
        foreach (string said in new[] { "layers is 0", "vocab is 100", "heads 7" })
        {
            Assert.Contains(said, error.Message, StringComparison.Ordinal);
        }
        Assert.Equal(ErrorCodes.UnknownArchitecture, Assert.Throws<ToreException>(() => Write(Small with { Architecture = "rnn" })).Code);
    }

    [Fact]
    public void Write_CancelledOrUnwritable_LeavesNothing()
    {
        string path = Path.Combine(_folder.FullPath, "model.gguf");
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.Throws<OperationCanceledException>(() => SynthModel.Write(path, Small, null, cancelled.Token));
        Assert.Empty(Directory.GetFileSystemEntries(_folder.FullPath));
        string nowhere = Path.Combine(_folder.FullPath, "no", "model.gguf");
        Assert.Equal(ErrorCodes.FileNotWritable, Assert.Throws<ToreException>(() => SynthModel.Write(nowhere, Small)).Code);
    }

    private GgufFile Write(SynthOptions options)
    {
        string path = Path.Combine(_folder.FullPath, "model.gguf");
        SynthModel.Write(path, options);
        return GgufFile.Open(path);
    }
}
