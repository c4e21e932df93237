using Tore.Mesh.Primitives;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Pipelines.Ring;

/// <summary>The stages of another node, over its control link.</summary>
internal sealed class RemoteStageClient(NodeId node, IRouteLinks links, StageCalls calls) : IStageClient
{
    public NodeId Node => node;

    public Task<ShardOpened> OpenShardAsync(OpenShard message, CancellationToken cancellationToken) =>
        calls.AskAsync<OpenShard, ShardOpened>(node, call => message with { Call = call }, cancellationToken);

    public Task<SequenceOpened> OpenSequenceAsync(OpenSequence message, CancellationToken cancellationToken) =>
        calls.AskAsync<OpenSequence, SequenceOpened>(node, call => message with { Call = call }, cancellationToken);

    public Task<SequenceOpened> StartSequenceAsync(StartSequence message, CancellationToken cancellationToken) =>
        calls.AskAsync<StartSequence, SequenceOpened>(node, call => message with { Call = call }, cancellationToken);

    public void CloseSequence(CloseSequence message) => links.TrySendControl(node, message);

    public void Acknowledge(TokenAck message) => links.TrySendControl(node, message);
}
