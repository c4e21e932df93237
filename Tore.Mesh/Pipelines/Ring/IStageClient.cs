using Tore.Mesh.Primitives;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Pipelines.Ring;

/// <summary>
/// What an entry node asks of one stage's node, over a control link or in this process. Answers of another node's come as its own
/// error codes; <c>peer_unreachable</c> when it went meanwhile.
/// </summary>
internal interface IStageClient
{
    /// <summary>The node.</summary>
    NodeId Node { get; }

    /// <summary>Loads a range.</summary>
    Task<ShardOpened> OpenShardAsync(OpenShard message, CancellationToken cancellationToken);

    /// <summary>Takes a slot, waiting for one.</summary>
    Task<SequenceOpened> OpenSequenceAsync(OpenSequence message, CancellationToken cancellationToken);

    /// <summary>Tells what is to be generated.</summary>
    Task<SequenceOpened> StartSequenceAsync(StartSequence message, CancellationToken cancellationToken);

    /// <summary>Ends a sequence, or the wait for its slot.</summary>
    void CloseSequence(CloseSequence message);

    /// <summary>Says which tokens are here.</summary>
    void Acknowledge(TokenAck message);
}
