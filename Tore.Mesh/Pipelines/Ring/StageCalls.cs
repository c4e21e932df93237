using System.Collections.Concurrent;
using Tore.Mesh.Primitives;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Pipelines.Ring;

/// <summary>Questions to other nodes and their answers: joins them by call number, and ends those whose peer is gone.</summary>
internal sealed class StageCalls(IRouteLinks links)
{
    private readonly ConcurrentDictionary<uint, Call> _open = new();
    private uint _last;

    /// <summary>Asks a peer and waits for its answer.</summary>
    /// <param name="peer">Whom.</param>
    /// <param name="make">The question under its number.</param>
    /// <param name="cancellationToken">Gives the answer up; a message that says so is the caller's to send.</param>
    public async Task<TAnswer> AskAsync<TQuestion, TAnswer>(NodeId peer, Func<uint, TQuestion> make, CancellationToken cancellationToken)
        where TQuestion : struct, IMessage<TQuestion>
        where TAnswer : struct
    {
        uint number = Interlocked.Increment(ref _last);
        var call = new Call(peer);
        _open[number] = call;
        try
        {
            if (!links.TrySendControl(peer, make(number)))
            {
                throw Unreachable(peer);
            }
            object answer = await call.Answer.Task.WaitAsync(cancellationToken);
            return answer is TAnswer expected ? expected : throw new ToreException(ErrorCodes.WireMalformed,
                $"Node {peer.Short} answered with something else than was asked.");
        }
        finally
        {
            _open.TryRemove(number, out _);
        }
    }

    /// <summary>An answer came; one that nobody waits for is dropped.</summary>
    public void OnAnswer(NodeId from, uint number, object answer)
    {
        if (_open.TryGetValue(number, out Call? call) && call.Peer == from)
        {
            call.Answer.TrySetResult(answer);
        }
    }

    /// <summary>A refusal came.</summary>
    public void OnRefused(NodeId from, in Refused refused)
    {
        if (_open.TryGetValue(refused.Call, out Call? call) && call.Peer == from)
        {
            call.Answer.TrySetException(PeerErrors.From(refused.Code, refused.Text));
        }
    }

    /// <summary>Members went: they will not answer.</summary>
    public void OnMembersChanged(Func<NodeId, bool> isAlive)
    {
        foreach (Call call in _open.Values)
        {
            if (!isAlive(call.Peer))
            {
                call.Answer.TrySetException(Unreachable(call.Peer));
            }
        }
    }

    private static ToreException Unreachable(NodeId peer) =>
        new(ErrorCodes.PeerUnreachable, $"Node {peer.Short} cannot be reached: it has left, or its link is broken.");

    private sealed class Call(NodeId peer)
    {
        public NodeId Peer { get; } = peer;

        public TaskCompletionSource<object> Answer { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
