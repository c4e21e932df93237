using System.Collections.Concurrent;
using Tore.Mesh.Models;
using Tore.Mesh.Pipelines.Ring;
using Tore.Mesh.Primitives;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Tests.Pipelines.Ring;

/// <summary>A mesh whose nodes answer as a test says, without shards or links. Node 1 is the entry node.</summary>
internal sealed class FakeMesh : IMeshView, IRouteLinks
{
    private readonly ConcurrentDictionary<NodeId, FakeStages> _stages = new();
    private readonly Lock _gate = new();
    private MeshState _current = new(0, []);
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>The model that its nodes hold.</summary>
    public static Digest Model { get; } = Digest.Of("model"u8);

    public NodeId Self => Id(1);

    public MeshState Current => Volatile.Read(ref _current);

    public static NodeId Id(int number) => new(new Guid(number, 0, 0, new byte[8]));

    /// <summary>What the nodes of these numbers were asked, in order, all together.</summary>
    public ConcurrentQueue<string> Asked { get; } = new();

    /// <summary>Sets the live nodes; each holds the model, within its limit.</summary>
    public void Set(params (int Number, LayerRange? Limit)[] nodes)
    {
        lock (_gate)
        {
            NodeInfo[] infos = [.. nodes.Select(n => new NodeInfo
            {
                Node = Id(n.Number),
                EngineFingerprint = "arith",
                Slots = 2,
                Models = [new HeldModel(Model, "model", "llama", 8, 512, n.Limit, null)],
            })];
            _current = new MeshState(_current.Version + 1, infos);
            _changed.TrySetResult();
            _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    public Task WaitForChangeAsync(long version, CancellationToken cancellationToken)
    {
        lock (_gate)
        {
            return _current.Version > version ? Task.CompletedTask : _changed.Task.WaitAsync(cancellationToken);
        }
    }

    public FakeStages Stages(int number) => _stages.GetOrAdd(Id(number), node => new FakeStages(this, node, number));

    public IStageClient StagesOf(NodeId node) => Stages(BitConverter.ToInt32(node.Value.ToByteArray(), 0));

    public ModelText? TextOf(Digest model) => null;

    public ValueTask<IFrameTarget> TargetAsync(NodeId node, CancellationToken cancellationToken) => new(new NowhereTarget());

    public bool TrySendControl<T>(NodeId peer, in T message)
        where T : struct, IMessage<T> => true;

    /// <summary>One node's answers.</summary>
    internal sealed class FakeStages(FakeMesh mesh, NodeId node, int number) : IStageClient
    {
        public NodeId Node => node;

        /// <summary>Refuses to load layers with this.</summary>
        public ToreException? RefusesShard { get; set; }

        /// <summary>Slots are granted when this ends.</summary>
        public Task Slot { get; set; } = Task.CompletedTask;

        public async Task<ShardOpened> OpenShardAsync(OpenShard message, CancellationToken cancellationToken)
        {
            mesh.Asked.Enqueue($"{number} load {message.Layers}");
            await Task.Yield();
            return RefusesShard is { } refusal ? throw refusal : new ShardOpened(0, message.Layers, 2, 512, "arith");
        }

        public async Task<SequenceOpened> OpenSequenceAsync(OpenSequence message, CancellationToken cancellationToken)
        {
            mesh.Asked.Enqueue($"{number} slot");
            await Slot.WaitAsync(cancellationToken);
            return new SequenceOpened(0, 100 * number);
        }

        public Task<SequenceOpened> StartSequenceAsync(StartSequence message, CancellationToken cancellationToken) =>
            Task.FromResult(new SequenceOpened(0, 100 * number));

        public void CloseSequence(CloseSequence message) => mesh.Asked.Enqueue($"{number} close");

        public void Acknowledge(TokenAck message) => mesh.Asked.Enqueue($"{number} ack {message.Position}");
    }

    private sealed class NowhereTarget : IFrameTarget
    {
        public bool TrySend(in Activations head, ReadOnlySpan<float> rows) => true;

        public bool TrySend(in Token token) => true;

        public bool TrySend(in ChunkDone done) => true;
    }
}
