using System.Buffers;
using Tore.Mesh.Pipelines.Ring;
using Tore.Mesh.Pipelines.Stages;
using Tore.Mesh.Primitives;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Node;

/// <summary>
/// Gives what links bring to whom it concerns: frames to stages and entered requests, questions to stages, answers to who asked.
/// </summary>
internal sealed class MeshRouter : IPeerTraffic, IAsyncDisposable
{
    private readonly OwnedTasks _tasks = new();
    private readonly CancellationTokenSource _stop = new();
    private Action<MeshSnapshot> _onMesh = _ => { };
    private IRouteLinks _links = null!;
    private StageHost _stages = null!;
    private StageCalls _calls = null!;
    private long _frames, _tokens, _badMessages;

    /// <summary>Requests that entered here.</summary>
    public EntryRoutes Entries { get; } = new();

    /// <summary>Frames so far.</summary>
    public long Frames => Interlocked.Read(ref _frames);

    /// <summary>Token frames so far.</summary>
    public long Tokens => Interlocked.Read(ref _tokens);

    /// <summary>Messages that had no place.</summary>
    public long BadMessages => Interlocked.Read(ref _badMessages);

    /// <summary>Joins the parts; before the first link.</summary>
    public void Connect(IRouteLinks links, StageHost stages, StageCalls calls, Action<MeshSnapshot> onMesh) =>
        (_links, _stages, _calls, _onMesh) = (links, stages, calls, onMesh);

    /// <summary>Waits until no question is being answered any more.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _tasks.WaitAsync();
        _stop.Dispose();
    }

    public void OnActivations(NodeId from, in Activations head, ReadOnlySpan<float> rows)
    {
        Interlocked.Increment(ref _frames);
        _stages.OnActivations(from, head, rows);
    }

    public void OnToken(NodeId from, in Token token)
    {
        Interlocked.Increment(ref _frames);
        Interlocked.Increment(ref _tokens);
        // The ring first: the next step is on its way while the token is shown.
        _stages.OnToken(from, token);
        Entries.OnToken(from, token);
    }

    public void OnChunkDone(NodeId from, in ChunkDone done)
    {
        Interlocked.Increment(ref _frames);
        Entries.OnChunkDone(from, done);
    }

    public void OnMessage(NodeId from, MessageType type, in ReadOnlySequence<byte> body)
    {
        switch (type)
        {
            case MessageType.OpenShard:
                OnOpenShard(from, WireMessage.Read<OpenShard>(body));
                break;
            case MessageType.OpenSequence:
                OnOpenSequence(from, WireMessage.Read<OpenSequence>(body));
                break;
            case MessageType.StartSequence:
                OnStartSequence(from, WireMessage.Read<StartSequence>(body));
                break;
            case MessageType.CloseSequence:
                _stages.Close(from, WireMessage.Read<CloseSequence>(body));
                break;
            case MessageType.TokenAck:
                _stages.OnAcknowledged(from, WireMessage.Read<TokenAck>(body));
                break;
            case MessageType.SequenceFailed:
                Entries.OnFailed(from, WireMessage.Read<SequenceFailed>(body));
                break;
            case MessageType.SequenceOpened:
                SequenceOpened opened = WireMessage.Read<SequenceOpened>(body);
                _calls.OnAnswer(from, opened.Call, opened);
                break;
            case MessageType.ShardOpened:
                ShardOpened loaded = WireMessage.Read<ShardOpened>(body);
                _calls.OnAnswer(from, loaded.Call, loaded);
                break;
            case MessageType.Refused:
                _calls.OnRefused(from, WireMessage.Read<Refused>(body));
                break;
            default:
                Interlocked.Increment(ref _badMessages);
                break;
        }
    }

    public void OnOwnMessage<T>(in T message)
        where T : struct, IMessage<T>
    {
        // The rest of what a node asks of itself are plain calls (LocalStageClient).
        if (message is SequenceFailed failed)
        {
            Entries.OnFailed(_links.Self, failed);
        }
    }

    public void OnMeshChanged(MeshSnapshot mesh, IReadOnlySet<NodeId> lost)
    {
        _onMesh(mesh);
        bool IsAlive(NodeId node) => node == _links.Self || (mesh.IsLiving(node) && !lost.Contains(node));
        _calls.OnMembersChanged(IsAlive);
        Entries.OnMembersChanged(IsAlive);
        _stages.OnMembersChanged(IsAlive);
    }

    public void OnTargetClosed(IFrameTarget target)
    {
        _stages.OnTargetClosed(target);
        Entries.OnTargetClosed(target);
    }

    // Methods of their own, so that the closures are made for these messages only and not for every one.
    private void OnOpenShard(NodeId from, OpenShard message) =>
        Answer(from, message.Call, token => _stages.OpenShardAsync(message, Inference.EngineFingerprint.Current, token));

    private void OnOpenSequence(NodeId from, OpenSequence message) =>
        Answer(from, message.Call, token => _stages.OpenAsync(from, message, token));

    private void OnStartSequence(NodeId from, StartSequence message) =>
        Answer(from, message.Call, _ => Task.FromResult(_stages.Start(from, message)));

    private void Answer<T>(NodeId to, uint call, Func<CancellationToken, Task<T>> make)
        where T : struct, IMessage<T>
    {
        if (_tasks.Count >= Limits.StageWaiting)
        {
            _links.TrySendControl(to, new Refused(call, ErrorCodes.Busy, "Too many questions are being answered here."));
            return;
        }
        _tasks.Add(AnswerAsync(to, call, make));
    }

    private async Task AnswerAsync<T>(NodeId to, uint call, Func<CancellationToken, Task<T>> make)
        where T : struct, IMessage<T>
    {
        try
        {
            // Up to its first wait this runs within the receive loop: what follows on the link comes after it.
            T answer = await make(_stop.Token);
            _links.TrySendControl(to, answer);
        }
        catch (ToreException refusal)
        {
            _links.TrySendControl(to, new Refused(call, refusal.Code, refusal.Message));
        }
        catch (OperationCanceledException)
        {
            _links.TrySendControl(to, new Refused(call, ErrorCodes.Draining, "The node is shutting down."));
        }
        catch (Exception defect)
        {
            // The asker must not wait for ever for what this node cannot do.
            _links.TrySendControl(to, new Refused(call, ErrorCodes.Internal, $"Node {_links.Self.Short} failed: {defect.Message}"));
            throw;
        }
    }
}
