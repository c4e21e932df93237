using Tore.Mesh.Inference;
using Tore.Mesh.Models;
using Tore.Mesh.Models.Gguf;
using Tore.Mesh.Pipelines.Local;
using Tore.Mesh.Primitives;
using Tore.Mesh.Tensors;
using Tore.Mesh.Tests.Inference;
using Tore.Mesh.Tests.Support;

namespace Tore.Mesh.Tests.Pipelines.Local;

public sealed class LogitsRunTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly ManagedBackend _backend;
    private readonly GgufFile _file = GgufFile.Open(TestShards.StoriesPath);

    public LogitsRunTests() => _backend = TestShards.Backend(_folder);

    public void Dispose()
    {
        _file.Dispose();
        _backend.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void Run_Ids_WritesOneRowAPositionAndNamesTheBest()
    {
        using var output = new MemoryStream();
        LogitsResult result = Run([1, 300, 301, 302], new LogitsOptions { Threads = 1 }, output);
        Assert.Equal((4, 1024), (result.Rows, result.Vocabulary));
        Assert.Equal(4 * 1024 * sizeof(float), output.Length);
        Assert.Equal(Digest.Of(output.ToArray()), result.Digest);
        Assert.Equal(5, result.Top.Count);
        float best = Enumerable.Range(0, 1024).Max(id => BitConverter.ToSingle(output.ToArray(), ((3 * 1024) + id) * sizeof(float)));
        Assert.Equal(best, result.Top[0].Logit);
    }

    [Theory]
    [InlineData(1, 2, 1)]
    [InlineData(8, 1, 3)]
    [InlineData(3, 2, null)]
    public void Run_AnyCut_GivesTheSameDigest(int stages, int threads, int? chunk)
    {
        int[] ids = [.. Enumerable.Range(0, 40).Select(i => 260 + i)];
        Digest plain = Run(ids, new LogitsOptions { Threads = 1 }, null).Digest;
        Assert.Equal(plain, Run(ids, new LogitsOptions { Stages = stages, Threads = threads, PrefillChunk = chunk }, null).Digest);
    }

    [Theory]
    [InlineData("stories")]
    [InlineData("stories.Q4_0")]
    [InlineData("stories.Q5_1")]
    [InlineData("stories.BF16")]
    [InlineData("synth-llama.Q6_K")]
    [InlineData("synth-llama3.F32")]
    [InlineData("synth-linear.F32")]
    [InlineData("synth-qwen2.Q4_K_M")]
    public void Run_EveryKernelSet_GivesTheSameDigest(string model)
    {
        using GgufFile file = GgufFile.Open(GoldenLogits.PathOf(model));
        int[] ids = [.. Enumerable.Range(0, 21).Select(i => 260 + (i * 7))];
        Dictionary<Digest, KernelSet> digests = [];
        foreach (KernelSet set in KernelSets.Available)
        {
            using var backend = new ManagedBackend(set, Path.Combine(_folder.FullPath, "runtime"), TimeProvider.System);
            var run = new LogitsRun(backend, file, ModelConfig.Read(file), new LogitsOptions { Threads = 1, PrefillChunk = 13 });
            LogitsResult result = run.Run(ids, null, TestContext.Current.CancellationToken);
            Assert.Equal(KernelSets.NameOf(set), result.Isa);
            digests.TryAdd(result.Digest, set);
        }
        Assert.Single(digests);
    }

    [Theory]
    [InlineData("", ErrorCodes.EmptyPrompt)]
    [InlineData("1 1024", ErrorCodes.InvalidRequest)]
    [InlineData("-1", ErrorCodes.InvalidRequest)]
    public void Run_BadIds_AreRefused(string ids, string code)
    {
        int[] parsed = [.. ids.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(int.Parse)];
        Assert.Equal(code, Assert.Throws<ToreException>(() => Run(parsed, new LogitsOptions(), null)).Code);
    }

    private LogitsResult Run(int[] ids, LogitsOptions options, Stream? output) =>
        new LogitsRun(_backend, _file, ModelConfig.Read(_file), options).Run(ids, output, TestContext.Current.CancellationToken);
}
