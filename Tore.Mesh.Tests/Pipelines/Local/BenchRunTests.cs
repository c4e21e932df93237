using Tore.Mesh.Inference;
using Tore.Mesh.Models;
using Tore.Mesh.Models.Gguf;
using Tore.Mesh.Pipelines.Local;
using Tore.Mesh.Tests.Inference;
using Tore.Mesh.Tests.Support;

namespace Tore.Mesh.Tests.Pipelines.Local;

public sealed class BenchRunTests
{
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 3)]
    public async Task RunAsync_SmallModel_FillsEveryFigure(int stages, int streams)
    {
        using var folder = new TemporaryFolder();
        using ManagedBackend backend = TestShards.Backend(folder);
        using GgufFile file = GgufFile.Open(TestShards.StoriesPath);
        var model = new LocalModel { File = file, Config = ModelConfig.Read(file), Label = "stories" };
        var options = new BenchOptions
        {
            PromptTokens = 20,
            GenerateTokens = 6,
            Threads = 1,
            Stages = stages,
            Streams = streams,
            Repeats = 2,
        };
        var run = new BenchRun(backend, model, options, TimeProvider.System);
        BenchResult result = await run.RunAsync(TestContext.Current.CancellationToken);
        Assert.True(result.PrefillTokensPerSecond > 0);
        Assert.True(result.DecodeTokensPerSecond > 0);
        Assert.True(result.ReadBytesPerSecond > 1e8);
        Assert.True(result.LoadSeconds > 0);
        Assert.True(result.PeakMemoryBytes > 1024 * 1024);
        Assert.True(result.BudgetBytes > file.FileBytes);
        Assert.Equal(1, result.Threads);
    }
}
