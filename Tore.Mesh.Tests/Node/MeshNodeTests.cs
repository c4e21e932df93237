using Tore.Mesh.Inference;
using Tore.Mesh.Inference.Sampling;
using Tore.Mesh.Models;
using Tore.Mesh.Models.Gguf;
using Tore.Mesh.Node;
using Tore.Mesh.Pipelines;
using Tore.Mesh.Pipelines.Local;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Tests.Node;

public sealed class MeshNodeTests
{
    private const string Prompt = "A story about a fox and a lantern.\n";

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public async Task GenerateAsync_OverARing_GivesTheBitsOfOneNode(int nodes)
    {
        await using Cluster cluster = await Cluster.StartAsync(nodes);
        foreach (SamplingOptions sampling in new[] { SamplingOptions.Greedy, new() { Seed = 7, RepeatPenalty = 1.1f } })
        {
            List<GeneratedToken> expected = await LocallyAsync(RequestOf(sampling));
            foreach (MeshNode entry in cluster.Nodes)
            {
                List<GeneratedToken> tokens = await AskAsync(entry, RequestOf(sampling));
                Assert.Equal(expected.Select(t => t.Id), tokens.Select(t => t.Id));
                Assert.Equal(expected.Select(t => t.Position), tokens.Select(t => t.Position));
                Assert.Equal(expected[^1].Digest, tokens[^1].Digest);
                Assert.Equal(expected.Select(t => t.LogProb), tokens.Select(t => t.LogProb));
                Assert.Equal(expected.SelectMany(t => t.Top!), tokens.SelectMany(t => t.Top!));
            }
        }
        Assert.All(cluster.Nodes, n => Assert.Equal(nodes, n.Status.Models[0].Route.Count));
    }

    [Fact]
    public async Task GenerateAsync_LongPrompt_FlowsInPieces_AndGivesTheBitsOfOneNode()
    {
        await using Cluster cluster = await Cluster.StartAsync(3);
        PipelineRequest request = RequestOf(SamplingOptions.Greedy, maxTokens: 20);
        request = request with { PromptIds = [.. Enumerable.Repeat(request.PromptIds, 40).SelectMany(ids => ids).Take(450)] };
        List<GeneratedToken> expected = await LocallyAsync(request);
        List<GeneratedToken> tokens = await AskAsync(cluster.Nodes[2], request);
        Assert.Equal(expected.Select(t => t.Id), tokens.Select(t => t.Id));
        Assert.Equal(expected[^1].Digest, tokens[^1].Digest);
    }

    [Fact]
    public async Task GenerateAsync_EndToken_EndsTheRing()
    {
        await using Cluster cluster = await Cluster.StartAsync(2);
        List<GeneratedToken> all = await AskAsync(cluster.Nodes[0], RequestOf(SamplingOptions.Greedy, maxTokens: 20));
        int end = all[9].Id;
        PipelineRequest request = RequestOf(SamplingOptions.Greedy, maxTokens: 20) with { EndIds = new HashSet<int> { end } };
        List<GeneratedToken> tokens = await AskAsync(cluster.Nodes[1], request);
        Assert.Equal(all.Select(t => t.Id).TakeWhile(id => id != end).Append(end), tokens.Select(t => t.Id));
    }

    internal static PipelineRequest RequestOf(SamplingOptions sampling, int maxTokens = 48) => new()
    {
        RequestId = "test",
        PromptIds = Ids(Prompt),
        MaxTokens = maxTokens,
        Sampling = sampling,
        EndIds = new HashSet<int>(),
        TopLogProbs = 2,
        WantDigest = true,
    };

    internal static async Task<List<GeneratedToken>> AskAsync(MeshNode entry, PipelineRequest request)
    {
        ModelListing model = entry.Resolve("stories");
        await using ITokenPipeline pipeline = await entry.AcquireAsync(
            model, request.PromptIds.Count + request.MaxTokens, TestContext.Current.CancellationToken);
        return await CollectAsync(pipeline, request);
    }

    private static async Task<List<GeneratedToken>> CollectAsync(ITokenPipeline pipeline, PipelineRequest request)
    {
        var tokens = new List<GeneratedToken>();
        await foreach (GeneratedToken token in pipeline.GenerateAsync(request, TestContext.Current.CancellationToken))
        {
            tokens.Add(token);
        }
        return tokens;
    }

    private static async Task<List<GeneratedToken>> LocallyAsync(PipelineRequest request)
    {
        using var backend = new ManagedBackend();
        using GgufFile file = GgufFile.Open(Cluster.Stories);
        var model = new LocalModel { File = file, Config = ModelConfig.Read(file), Label = "stories" };
        await using LocalPipelineProvider provider = LocalPipelineProvider.Load(
            backend, model, 1, new ShardOptions { Threads = 1 }, default, TimeProvider.System, null, default);
        await using ITokenPipeline pipeline = await provider.AcquireAsync(
            provider.Models[0], request.PromptIds.Count + request.MaxTokens, default);
        return await CollectAsync(pipeline, request);
    }

    private static List<int> Ids(string text)
    {
        using GgufFile file = GgufFile.Open(Cluster.Stories);
        return ModelText.Open(file).EncodeText(text);
    }
}
