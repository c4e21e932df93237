using Tore.Mesh.Inference;
using Tore.Mesh.Inference.Sampling;
using Tore.Mesh.Pipelines;
using Tore.Mesh.Pipelines.Local;
using Tore.Mesh.Tests.Inference;
using Tore.Mesh.Tests.Support;

namespace Tore.Mesh.Tests.Pipelines.Local;

/// <summary>Same model, ids and options: the same tokens and the same bits, however the work is cut.</summary>
public sealed class LocalPipelineIdentityTests
{
    private static readonly SamplingOptions Seeded = new() { Temperature = 0.9f, RepeatPenalty = 1.1f, Seed = 42 };

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(8)]
    public async Task Generate_AnyStagesThreadsChunksAndCompany_GivesTheSameTokensAndBits(int stages)
    {
        using var runs = new LocalRuns(TestShards.StoriesPath);
        PipelineRequest[] requests = Requests(length: 113, tokens: 16);
        string[] expected;
        await using (LocalPipelineProvider plain = runs.Load(1, Options(1, 512)))
        {
            expected = [.. (await LocalRuns.RunAsync(plain, requests[0])), .. await LocalRuns.RunAsync(plain, requests[1])];
        }
        foreach (int threads in new[] { 1, 2 })
        {
            foreach (int chunk in new[] { 1, 7, 64, 512 })
            {
                await using LocalPipelineProvider provider = runs.Load(stages, Options(threads, chunk));
                string[] alone = [.. (await LocalRuns.RunAsync(provider, requests[0])), .. await LocalRuns.RunAsync(provider, requests[1])];
                Assert.Equal(expected, alone);
                string[] beside = await LocalRuns.RunAsync(provider, requests);
                Assert.Equal(expected, beside[..2]);
            }
        }
    }

    [Theory]
    [InlineData(1, 2, 64, 3)]
    [InlineData(2, 1, 512, 3)]
    [InlineData(2, 2, 7, 0)]
    [InlineData(2, 1, 64, 0)]
    public async Task Generate_PromptBeyondOneChunk_GivesTheSameTokensAndBits(int stages, int threads, int chunk, int others)
    {
        using var runs = new LocalRuns(SharedFiles.Require("golden/models/synth-llama3.F32.gguf"));
        PipelineRequest[] requests = Requests(length: 700, tokens: 8);
        string[] expected;
        await using (LocalPipelineProvider plain = runs.Load(1, Options(1, 512, 1024)))
        {
            expected = await LocalRuns.RunAsync(plain, requests[0]);
        }
        await using LocalPipelineProvider provider = runs.Load(stages, Options(threads, chunk, 1024));
        string[] all = await LocalRuns.RunAsync(provider, requests[..(1 + others)]);
        Assert.Equal(expected[0], all[0]);
    }

    private static ShardOptions Options(int threads, int chunk, int context = 512) =>
        new() { Threads = threads, PrefillChunk = chunk, ContextLength = context, Slots = 4 };

    /// <summary>A greedy and a seeded request, and two more to keep them company.</summary>
    private static PipelineRequest[] Requests(int length, int tokens) =>
    [
        LocalRuns.Request(Prompt(length, 7), tokens, SamplingOptions.Greedy),
        LocalRuns.Request(Prompt(length - 50, 11), tokens, Seeded),
        LocalRuns.Request(Prompt(5, 13), tokens * 3, SamplingOptions.Greedy),
        LocalRuns.Request(Prompt(length / 2, 17), tokens / 2, Seeded with { Seed = 7 }),
    ];

    private static IEnumerable<int> Prompt(int length, int step) =>
        Enumerable.Range(0, length).Select(i => i == 0 ? 1 : 260 + (i * step % 700));
}
