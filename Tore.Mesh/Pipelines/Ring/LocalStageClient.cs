using Tore.Mesh.Pipelines.Stages;
using Tore.Mesh.Primitives;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Pipelines.Ring;

/// <summary>The stages of this node itself: the same messages, without a link between.</summary>
internal sealed class LocalStageClient(NodeId self, StageHost host, string fingerprint) : IStageClient
{
    public NodeId Node => self;

    public Task<ShardOpened> OpenShardAsync(OpenShard message, CancellationToken cancellationToken) =>
        host.OpenShardAsync(message, fingerprint, cancellationToken);

    public Task<SequenceOpened> OpenSequenceAsync(OpenSequence message, CancellationToken cancellationToken) =>
        host.OpenAsync(self, message, cancellationToken);

    public Task<SequenceOpened> StartSequenceAsync(StartSequence message, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return Task.FromResult(host.Start(self, message));
    }

    public void CloseSequence(CloseSequence message) => host.Close(self, message);

    public void Acknowledge(TokenAck message) => host.OnAcknowledged(self, message);
}
