using Tore.Mesh.Inference;
using Tore.Mesh.Inference.Sampling;
using Tore.Mesh.Pipelines;
using Tore.Mesh.Pipelines.Local;
using Tore.Mesh.Primitives;
using Tore.Mesh.Tests.Inference;
using Tore.Mesh.Tests.Support;

namespace Tore.Mesh.Tests.Pipelines.Local;

public sealed class LocalPipelineTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static readonly ShardOptions Options = new() { Threads = 1, ContextLength = 256, Slots = 2 };

    private readonly LocalRuns _runs = new(TestShards.StoriesPath);

    public void Dispose() => _runs.Dispose();

    [Fact]
    public void Load_MoreStagesThanLayers_IsInvalidStages() =>
        Assert.Equal(ErrorCodes.InvalidStages, Assert.Throws<ToreException>(() => _runs.Load(9, Options)).Code);

    [Fact]
    public void Load_StagesTogetherOverTheBudget_IsRefused()
    {
        ShardOptions options = Options with { MemoryBytes = 8 * 1024 * 1024 };
        Assert.Equal(ErrorCodes.MemoryBudgetExceeded, Assert.Throws<ToreException>(() => _runs.Load(8, options)).Code);
    }

    [Fact]
    public async Task AcquireAsync_MoreThanTheContext_IsRefused()
    {
        await using LocalPipelineProvider provider = _runs.Load(1, Options);
        var error = await Assert.ThrowsAsync<ToreException>(async () => await provider.AcquireAsync(provider.Models[0], 257, default));
        Assert.Equal(ErrorCodes.ContextLengthExceeded, error.Code);
    }

    [Fact]
    public async Task AcquireAsync_AllSlotsTaken_WaitsForOne()
    {
        await using LocalPipelineProvider provider = _runs.Load(1, Options);
        ITokenPipeline first = await provider.AcquireAsync(provider.Models[0], 10, default);
        await using ITokenPipeline second = await provider.AcquireAsync(provider.Models[0], 10, default);
        Task<ITokenPipeline> third = provider.AcquireAsync(provider.Models[0], 10, default).AsTask();
        Assert.False(third.IsCompleted);
        await first.DisposeAsync();
        await using ITokenPipeline got = await third.WaitAsync(Patience);
        Assert.Equal(provider.Stages, got.Stages);
    }

    [Fact]
    public async Task DisposeAsync_SomeoneWaits_TellsThemDraining()
    {
        LocalPipelineProvider provider = _runs.Load(1, Options with { Slots = 1 });
        await provider.AcquireAsync(provider.Models[0], 10, default);
        Task<ITokenPipeline> waiting = provider.AcquireAsync(provider.Models[0], 10, default).AsTask();
        await provider.DisposeAsync();
        Assert.Equal(ErrorCodes.Draining, (await Assert.ThrowsAsync<ToreException>(() => waiting.WaitAsync(Patience))).Code);
    }

    [Fact]
    public async Task GenerateAsync_EmptyPrompt_IsRefused()
    {
        await using LocalPipelineProvider provider = _runs.Load(1, Options);
        await using ITokenPipeline pipeline = await provider.AcquireAsync(provider.Models[0], 10, default);
        var error = await Assert.ThrowsAsync<ToreException>(() => FirstAsync(pipeline, LocalRuns.Request([], 1, SamplingOptions.Greedy)));
        Assert.Equal(ErrorCodes.EmptyPrompt, error.Code);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task GenerateAsync_ReaderStopsEarly_FreesTheSlotsOnEveryStage(int stages)
    {
        await using LocalPipelineProvider provider = _runs.Load(stages, Options);
        await using ITokenPipeline pipeline = await provider.AcquireAsync(provider.Models[0], 250, default);
        PipelineRequest request = LocalRuns.Request([1, 300, 301], 200, SamplingOptions.Greedy);
        int first = await FirstAsync(pipeline, request);
        Assert.All(provider.Workers, worker => Assert.Equal(0, worker.OpenSequences));
        Assert.Equal(first, await FirstAsync(pipeline, request));
    }

    [Fact]
    public async Task GenerateAsync_Cancelled_Throws()
    {
        await using LocalPipelineProvider provider = _runs.Load(2, Options);
        await using ITokenPipeline pipeline = await provider.AcquireAsync(provider.Models[0], 250, default);
        using var cancel = new CancellationTokenSource();
        PipelineRequest request = LocalRuns.Request([1, 300], 200, SamplingOptions.Greedy);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (GeneratedToken token in pipeline.GenerateAsync(request, cancel.Token))
            {
                await cancel.CancelAsync();
            }
        });
        Assert.All(provider.Workers, worker => Assert.Equal(0, worker.OpenSequences));
    }

    [Fact]
    public async Task GenerateAsync_EndToken_IsDeliveredAsTheLast()
    {
        await using LocalPipelineProvider provider = _runs.Load(1, Options);
        PipelineRequest request = LocalRuns.Request([1, 300, 301], 40, SamplingOptions.Greedy);
        int[] all = await IdsAsync(provider, request);
        int end = all[7];
        int[] cut = await IdsAsync(provider, request with { EndIds = new HashSet<int> { end } });
        Assert.Equal(all[..(Array.IndexOf(all, end) + 1)], cut);
    }

    [Fact]
    public async Task GenerateAsync_LogProbs_AreOfTheModelAndBestFirst()
    {
        await using LocalPipelineProvider provider = _runs.Load(1, Options);
        await using ITokenPipeline pipeline = await provider.AcquireAsync(provider.Models[0], 20, default);
        PipelineRequest request = LocalRuns.Request([1, 300, 301], 5, SamplingOptions.Greedy) with { TopLogProbs = 3 };
        int tokens = 0;
        await foreach (GeneratedToken token in pipeline.GenerateAsync(request, default))
        {
            tokens++;
            Assert.Equal(3, token.Top!.Count);
            Assert.Equal(new TokenLogProb(token.Id, token.LogProb!.Value), token.Top[0]);
            Assert.True(token.Top[0].LogProb >= token.Top[1].LogProb && token.Top[1].LogProb >= token.Top[2].LogProb);
        }
        Assert.Equal(5, tokens);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task GenerateAsync_OneRequestOverflows_EndsThatOneOnly(int stages)
    {
        using var folder = new TemporaryFolder();
        using var runs = new LocalRuns(TestShards.OverflowingModel(folder, token: 700));
        await using LocalPipelineProvider provider = runs.Load(stages, Options);
        PipelineRequest good = LocalRuns.Request([1, 300, 301], 30, SamplingOptions.Greedy);
        string[] alone = await LocalRuns.RunAsync(provider, good);
        Task<string[]> beside = LocalRuns.RunAsync(provider, good);
        var error = await Assert.ThrowsAsync<ToreException>(
            () => LocalRuns.RunAsync(provider, LocalRuns.Request([1, 300, 700, 301], 30, SamplingOptions.Greedy)));
        Assert.Equal(ErrorCodes.NumericOverflow, error.Code);
        Assert.Equal(alone, await beside);
    }

    [Theory]
    [InlineData("model", true)]
    [InlineData("sha256:000000000000", true)]
    [InlineData("sha256:00000000000", false)]
    [InlineData("other", false)]
    public async Task Resolve_LabelOrDigest_FindsTheModel(string id, bool found)
    {
        await using LocalPipelineProvider provider = _runs.Load(1, Options);
        if (found)
        {
            Assert.Same(provider.Models[0], provider.Resolve(id));
        }
        else
        {
            Assert.Equal(ErrorCodes.ModelNotFound, Assert.Throws<ToreException>(() => provider.Resolve(id)).Code);
        }
    }

    private static async Task<int> FirstAsync(ITokenPipeline pipeline, PipelineRequest request)
    {
        await foreach (GeneratedToken token in pipeline.GenerateAsync(request, TestContext.Current.CancellationToken))
        {
            return token.Id;
        }
        return -1;
    }

    private static async Task<int[]> IdsAsync(LocalPipelineProvider provider, PipelineRequest request)
    {
        await using ITokenPipeline pipeline = await provider.AcquireAsync(provider.Models[0], 250, default);
        List<int> ids = [];
        await foreach (GeneratedToken token in pipeline.GenerateAsync(request, TestContext.Current.CancellationToken))
        {
            ids.Add(token.Id);
        }
        return [.. ids];
    }
}
