using Tore.Mesh.Primitives;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Pipelines.Ring;

/// <summary>A route with a slot on every stage, as its entry node holds it.</summary>
internal sealed class RingRoute
{
    private readonly IReadOnlyList<IStageClient> _clients;
    private int _closed;

    /// <summary>Takes the opened stages.</summary>
    public RingRoute(
        Guid sequence, uint number, IReadOnlyList<PipelineStage> stages, IReadOnlyList<IStageClient> clients, IFrameTarget firstTarget,
        int positions, int windowRows)
    {
        Sequence = sequence;
        Number = number;
        Stages = stages;
        _clients = clients;
        FirstTarget = firstTarget;
        Positions = positions;
        WindowRows = windowRows;
    }

    /// <summary>Names the request in frames.</summary>
    public Guid Sequence { get; }

    /// <summary>Number of the route, from 1; frames of an older one are dropped.</summary>
    public uint Number { get; }

    /// <summary>The stages in layer order.</summary>
    public IReadOnlyList<PipelineStage> Stages { get; }

    /// <summary>Where the prompt goes.</summary>
    public IFrameTarget FirstTarget { get; }

    /// <summary>Positions reserved on every stage.</summary>
    public int Positions { get; }

    /// <summary>Rows that may be on their way: the least that a stage grants.</summary>
    public int WindowRows { get; }

    /// <summary>Stage 1.</summary>
    public NodeId FirstNode => Stages[0].Node;

    /// <summary>The last stage.</summary>
    public NodeId LastNode => Stages[^1].Node;

    /// <summary>Whether a node is on the route.</summary>
    public bool Has(NodeId node) => Stages.Any(s => s.Node == node);

    /// <summary>Tells every stage what is to be generated, and waits until all are ready.</summary>
    public Task StartAsync(StartSequence start, CancellationToken cancellationToken) => Task.WhenAll(_clients.Select((client, i) =>
        // Only the last stage draws, and only a repetition penalty looks back on the prompt.
        client.StartSequenceAsync(i == _clients.Count - 1 ? start : start with { PromptIds = default }, cancellationToken)));

    /// <summary>Says which tokens are here.</summary>
    public void Acknowledge(int position) => _clients[0].Acknowledge(new TokenAck(Sequence, Number, position));

    /// <summary>Frees the slot on every stage; once.</summary>
    public void Close()
    {
        if (Interlocked.Exchange(ref _closed, 1) == 0)
        {
            foreach (IStageClient client in _clients)
            {
                client.CloseSequence(new CloseSequence(Sequence, Number));
            }
        }
    }

    /// <summary>Reports the loss of a stage whose node is gone.</summary>
    public void FailIfLost(Func<NodeId, bool> isAlive, Action<ToreException> fail)
    {
        foreach (PipelineStage stage in Stages)
        {
            if (!isAlive(stage.Node))
            {
                fail(new ToreException(ErrorCodes.StageLost,
                    $"Node {stage.Node.Short}, which ran layers {stage.Layers}, was lost. Ask again: the layers may be elsewhere by now."));
                return;
            }
        }
    }
}
