using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using Tore.Mesh.Inference.Sampling;
using Tore.Mesh.Node;
using Tore.Mesh.Pipelines;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Tests.Node;

public sealed class MeshNodeLossTests
{
    private static readonly CancellationToken None = TestContext.Current.CancellationToken;

    [Fact]
    public async Task Requests_FromEveryEntryAtOnce_WithOneSlotEach_AllAnswer()
    {
        await using Cluster cluster = await Cluster.StartAsync(3, _ => Cluster.Serving() with { Slots = 1 });
        Task<List<GeneratedToken>>[] asked = [.. Enumerable.Range(0, 9)
            .Select(i => MeshNodeTests.AskAsync(cluster.Nodes[i % 3], MeshNodeTests.RequestOf(SamplingOptions.Greedy, maxTokens: 12)))];
        List<GeneratedToken>[] answers = await Task.WhenAll(asked).WaitAsync(TimeSpan.FromSeconds(60), None);
        Assert.All(answers, a => Assert.Equal(answers[0].Select(t => t.Id), a.Select(t => t.Id)));
        await AssertIdleAsync(cluster);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Cancel_WhileGenerating_FreesTheSlotOnEveryStage(bool byToken)
    {
        await using Cluster cluster = await Cluster.StartAsync(3, _ => Cluster.Serving() with { Slots = 1 });
        MeshNode entry = cluster.Nodes[1];
        PipelineRequest request = MeshNodeTests.RequestOf(SamplingOptions.Greedy, maxTokens: 400);
        using var cancel = new CancellationTokenSource();
        await using (ITokenPipeline pipeline = await entry.AcquireAsync(entry.Resolve("stories"), 450, None))
        {
            Assert.All(cluster.Nodes, n => Assert.Equal(1, n.Status.SlotsInUse));
            int count = 0;
            try
            {
                await foreach (GeneratedToken token in pipeline.GenerateAsync(request, cancel.Token))
                {
                    if (++count == 3 && byToken)
                    {
                        await cancel.CancelAsync();
                    }
                    else if (count == 3)
                    {
                        break;
                    }
                }
                Assert.False(byToken, "the generation should have been cancelled");
            }
            catch (OperationCanceledException)
            {
                Assert.True(byToken);
            }
        }
        await AssertIdleAsync(cluster);
        Assert.Equal(12, (await MeshNodeTests.AskAsync(cluster.Nodes[0], MeshNodeTests.RequestOf(SamplingOptions.Greedy, 12))).Count);
    }

    [Fact]
    public async Task Acquire_CancelledWhileItWaitsForASlot_GivesBackWhatItHad()
    {
        await using Cluster cluster = await Cluster.StartAsync(2, _ => Cluster.Serving() with { Slots = 1 });
        MeshNode entry = cluster.Nodes[0], other = cluster.Nodes[1];
        await using (ITokenPipeline held = await entry.AcquireAsync(entry.Resolve("stories"), 50, None))
        {
            using var cancel = new CancellationTokenSource();
            Task<ITokenPipeline> waiting = other.AcquireAsync(other.Resolve("stories"), 50, cancel.Token).AsTask();
            await Cluster.UntilAsync(() => other.Status.Waiting == 1, () => "the second request to wait");
            await cancel.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
            Assert.Equal(0, other.Status.Waiting);
        }
        await AssertIdleAsync(cluster);
        Assert.Equal(5, (await MeshNodeTests.AskAsync(other, MeshNodeTests.RequestOf(SamplingOptions.Greedy, 5))).Count);
    }

    [Fact]
    public async Task StageStops_WhileGenerating_TheRequestFailsWithAReason_AndTheNextOneRuns()
    {
        await using Cluster cluster = await Cluster.StartAsync(3);
        MeshNode entry = cluster.Nodes[0];
        PipelineRequest request = MeshNodeTests.RequestOf(SamplingOptions.Greedy, maxTokens: 400);
        ToreException error = await Assert.ThrowsAsync<ToreException>(async () =>
        {
            await using ITokenPipeline pipeline = await entry.AcquireAsync(entry.Resolve("stories"), 450, None);
            int count = 0;
            await foreach (GeneratedToken token in pipeline.GenerateAsync(request, None))
            {
                if (++count == 2)
                {
                    await cluster.StopAsync(cluster.Nodes[2]);
                }
            }
        });
        Assert.Contains(error.Code, new[] { ErrorCodes.StageLost, ErrorCodes.Draining });
        List<GeneratedToken> answer = await MeshNodeTests.AskAsync(entry, MeshNodeTests.RequestOf(SamplingOptions.Greedy, 12));
        Assert.Equal(12, answer.Count);
        Assert.Equal(2, entry.Status.Models[0].Route.Count);
        await AssertIdleAsync(cluster);
    }

    [Fact]
    public async Task NodeStopped_AndStartedAgain_BetweenQuestions_AnswersStayTheSame()
    {
        await using Cluster cluster = await Cluster.StartAsync(3);
        PipelineRequest request = MeshNodeTests.RequestOf(SamplingOptions.Greedy, 12);
        List<GeneratedToken> before = await MeshNodeTests.AskAsync(cluster.Nodes[0], request);
        NodeId stopped = cluster.Nodes[1].Id;
        await cluster.StopAsync(cluster.Nodes[1]);
        List<GeneratedToken> between = await MeshNodeTests.AskAsync(cluster.Nodes[1], request);
        MeshNode again = await cluster.AddAsync(Cluster.Serving(), "node-1");
        Assert.Equal(stopped, again.Id);
        await cluster.SettleAsync(ready: true);
        List<GeneratedToken> after = await MeshNodeTests.AskAsync(again, request);
        Assert.Equal(before.Select(t => t.Id), between.Select(t => t.Id));
        Assert.Equal(before.Select(t => t.Id), after.Select(t => t.Id));
        Assert.Equal(3, again.Status.Models[0].Route.Count);
    }

    [Fact]
    public async Task Strangers_SpeakingGarbage_DoNoHarm()
    {
        await using Cluster cluster = await Cluster.StartAsync(2);
        IPEndPoint target = IPEndPoint.Parse(cluster.Nodes[0].Status.Listen[0]);
        var strangers = new List<TcpClient>();
        for (int i = 0; i < 20; i++)
        {
            var stranger = new TcpClient();
            strangers.Add(stranger);
            await stranger.ConnectAsync(target, None);
            byte[] garbage = new byte[1000];
            new Random(i).NextBytes(garbage);
            await stranger.GetStream().WriteAsync(i % 2 == 0 ? garbage : "GET / HTTP/1.1\r\n\r\n"u8.ToArray(), None);
        }
        using var nameless = new TcpClient();
        await nameless.ConnectAsync(target, None);
        using var tls = new SslStream(nameless.GetStream(), false, (_, certificate, _, _) => certificate is not null);
        try
        {
            await tls.AuthenticateAsClientAsync("tore");
            await tls.WriteAsync(new byte[100], None);
        }
        catch (Exception refused) when (refused is IOException or System.Security.Authentication.AuthenticationException)
        {
            // Refused at once or later; the node decides when.
        }
        Assert.Equal(12, (await MeshNodeTests.AskAsync(cluster.Nodes[1], MeshNodeTests.RequestOf(SamplingOptions.Greedy, 12))).Count);
        Assert.Equal(2, cluster.Nodes[0].Status.Models[0].Route.Count);
        strangers.ForEach(s => s.Dispose());
    }

    [Fact]
    public async Task Drain_LetsRunningRequestsEnd_AndTakesNothingNew()
    {
        await using Cluster cluster = await Cluster.StartAsync(2);
        MeshNode leaving = cluster.Nodes[1], staying = cluster.Nodes[0];
        ModelListing model = leaving.Resolve("stories");
        ITokenPipeline pipeline = await leaving.AcquireAsync(model, 100, None);
        Task drain = leaving.DrainAsync(None);
        Assert.Equal(NodeState.Draining, leaving.Status.State);
        ToreException refused = await Assert.ThrowsAsync<ToreException>(() => leaving.AcquireAsync(model, 100, None).AsTask());
        Assert.Equal(ErrorCodes.Draining, refused.Code);

        List<GeneratedToken> tokens = [];
        await foreach (GeneratedToken token in pipeline.GenerateAsync(MeshNodeTests.RequestOf(SamplingOptions.Greedy, 12), None))
        {
            tokens.Add(token);
        }
        Assert.Equal(12, tokens.Count);
        Assert.False(drain.IsCompleted && tokens.Count < 12);
        await pipeline.DisposeAsync();
        await drain.WaitAsync(TimeSpan.FromSeconds(20), None);

        // Whoever stays plans without the one that leaves.
        Assert.Equal(12, (await MeshNodeTests.AskAsync(staying, MeshNodeTests.RequestOf(SamplingOptions.Greedy, 12))).Count);
        await Cluster.UntilAsync(() => staying.Status.Models[0].Route.Count == 1, () => "the leaving node to be planned around");
    }

    [Fact]
    public async Task Drain_SecondSignal_EndsTheWaitAtOnce()
    {
        await using Cluster cluster = await Cluster.StartAsync(1);
        MeshNode node = cluster.Nodes[0];
        await using ITokenPipeline pipeline = await node.AcquireAsync(node.Resolve("stories"), 100, None);
        using var second = new CancellationTokenSource();
        Task drain = node.DrainAsync(second.Token);
        await second.CancelAsync();
        await drain.WaitAsync(TimeSpan.FromSeconds(20), None);
    }

    /// <summary>Every slot is free on every stage, soon.</summary>
    private static Task AssertIdleAsync(Cluster cluster) => Cluster.UntilAsync(
        () => cluster.Nodes.All(n => n.Status is { SlotsInUse: 0, Running: 0, Waiting: 0 } && n.Counters.StageRoutes == 0),
        () => "slots to be free: " + string.Join(", ", cluster.Nodes.Select(n => $"{n.Status.SlotsInUse} of {n.Status.Slots}")));
}
