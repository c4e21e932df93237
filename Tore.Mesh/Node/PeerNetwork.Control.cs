using System.Buffers;
using Tore.Mesh.Primitives;
using Tore.Mesh.Transport;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Node;

/// <content>What comes in on control links.</content>
internal sealed partial class PeerNetwork
{
    private void OnPing(Link link, in Ping ping) =>
        link.TrySend(new Pong(ping.Sequence, ping.SentAtMicroseconds, NowMicroseconds()));

    private void OnPong(long number, Pong pong) => Act((directory, now) => directory.OnPong(number, pong.Sequence, now));

    private void OnInfo(long number, NodeInfo info) => Act((directory, now) => directory.OnInfo(number, info, now));

    private void OnPeers(long number, Peers peers) => Act((directory, now) => directory.OnPeers(number, peers.Known, now));

    private void OnDialRequest(NodeId peer, in DialRequest request)
    {
        if (request.Kind == LinkKind.Activation)
        {
            _tasks.Add(AnswerDialRequestAsync(peer));
        }
    }

    /// <summary>Whoever asks gets a link if it can be had; it waits no longer than it would for its own dial.</summary>
    private async Task AnswerDialRequestAsync(NodeId peer)
    {
        await Task.Yield();
        try
        {
            await DialTargetAsync(peer, _stop.Token);
        }
        catch (Exception failure) when (failure is ToreException or OperationCanceledException)
        {
            // The asker's wait runs out and says so.
        }
    }

    private sealed class ControlHandler(PeerNetwork network, long number) : IFrameHandler
    {
        public ValueTask OnFrameAsync(Link link, MessageType type, ReadOnlySequence<byte> body, CancellationToken cancellationToken)
        {
            NodeId peer = link.Peer.Id;
            switch (type)
            {
                case MessageType.Ping:
                    network.OnPing(link, WireMessage.Read<Ping>(body));
                    break;
                case MessageType.Pong:
                    network.OnPong(number, WireMessage.Read<Pong>(body));
                    return ValueTask.CompletedTask;
                case MessageType.NodeInfo:
                    network.OnInfo(number, WireMessage.Read<NodeInfo>(body));
                    return ValueTask.CompletedTask;
                case MessageType.Peers:
                    network.OnPeers(number, WireMessage.Read<Peers>(body));
                    return ValueTask.CompletedTask;
                case MessageType.DialRequest:
                    network.OnDialRequest(peer, WireMessage.Read<DialRequest>(body));
                    break;
                default:
                    network._traffic.OnMessage(peer, type, body);
                    break;
            }
            network.OnHeard(number);
            return ValueTask.CompletedTask;
        }
    }

    private void OnHeard(long number)
    {
        lock (_gate)
        {
            // The timer stands on an earlier time than is now needed; that is harmless and saves setting it for every frame.
            _directory.OnHeard(number, Now);
        }
    }
}
