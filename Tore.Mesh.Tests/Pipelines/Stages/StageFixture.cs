using Microsoft.Extensions.Logging.Abstractions;
using Tore.Mesh.Inference;
using Tore.Mesh.Inference.Stages;
using Tore.Mesh.Models;
using Tore.Mesh.Models.Gguf;
using Tore.Mesh.Pipelines.Ring;
using Tore.Mesh.Pipelines.Stages;
using Tore.Mesh.Primitives;
using Tore.Mesh.Tests.Node;
using Tore.Mesh.Tests.Pipelines.Ring;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Tests.Pipelines.Stages;

/// <summary>A stage host over real layers of stories; its node is number 1, and what it sends to others is recorded.</summary>
internal sealed class StageFixture : IAsyncDisposable, IRouteLinks, IStageShards, IFrameReceiver
{
    private readonly ManagedBackend _backend = new();
    private readonly GgufFile _file = GgufFile.Open(Cluster.Stories);
    private readonly OpenedShard _shard;

    public StageFixture(LayerRange layers, int slots = 2)
    {
        var options = new ShardOptions { Threads = 1, Slots = slots };
        _shard = new OpenedShard(FakeMesh.Model, new StageWorker(
            _backend.Load(_file, ModelConfig.Read(_file), layers, options, null, default)));
        Host = new StageHost(this, this, NullLogger.Instance);
    }

    public StageHost Host { get; }

    public OpenedShard Shard => _shard;

    public NodeId Self => FakeMesh.Id(1);

    /// <summary>Rows, tokens and failures that left the stage.</summary>
    public System.Collections.Concurrent.BlockingCollection<object> Sent { get; } = [];

    /// <summary>A route over nodes 1 (layers of this stage) and 2; node 9 is the entry node.</summary>
    public OpenSequence Route(bool first, Guid? sequence = null) => new()
    {
        Sequence = sequence ?? Guid.NewGuid(),
        Route = 1,
        Model = FakeMesh.Model,
        Entry = FakeMesh.Id(9),
        Stages = first
            ? [new RouteStage(Self, new LayerRange(0, 3)), new RouteStage(FakeMesh.Id(2), new LayerRange(4, 7))]
            : [new RouteStage(FakeMesh.Id(2), new LayerRange(0, 3)), new RouteStage(Self, new LayerRange(4, 7))],
        Stage = first ? 0 : 1,
        Positions = 40,
    };

    public static StartSequence Start(in OpenSequence open, int promptLength = 4) => new()
    {
        Sequence = open.Sequence,
        Route = open.Route,
        PromptLength = promptLength,
        TokensMax = 8,
        Sampling = new WireSampling(0, 0, 1, 0, 1, 0),
    };

    /// <summary>What left the stage next.</summary>
    public T Next<T>()
    {
        Assert.True(Sent.TryTake(out object? sent, TimeSpan.FromSeconds(30)), $"waited 30 s for a {typeof(T).Name}");
        return Assert.IsType<T>(sent);
    }

    public ValueTask<IFrameTarget> TargetAsync(NodeId node, CancellationToken cancellationToken) => new(new LocalTarget(Self, this));

    public bool TrySendControl<T>(NodeId peer, in T message)
        where T : struct, IMessage<T>
    {
        Assert.Equal(FakeMesh.Id(9), peer);
        Sent.Add(message);
        return true;
    }

    public Task<OpenedShard> OpenAsync(Digest model, LayerRange layers, int contextLength, CancellationToken cancellationToken) =>
        Task.FromResult(_shard);

    public OpenedShard? Hold(Digest model, LayerRange layers)
    {
        if (layers != _shard.Layers)
        {
            return null;
        }
        _shard.Hold();
        return _shard;
    }

    public void OnActivations(NodeId from, in Activations head, ReadOnlySpan<float> rows) => Sent.Add(head);

    public void OnToken(NodeId from, in Token token) => Sent.Add(token);

    public void OnChunkDone(NodeId from, in ChunkDone done) => Sent.Add(done);

    public async ValueTask DisposeAsync()
    {
        await Host.DisposeAsync();
        await _shard.DisposeAsync();
        _file.Dispose();
        _backend.Dispose();
        Sent.Dispose();
    }
}
