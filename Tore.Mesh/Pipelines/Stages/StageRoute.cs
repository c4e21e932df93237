using Tore.Mesh.Inference.Sampling;
using Tore.Mesh.Inference.Stages;
using Tore.Mesh.Pipelines.Ring;
using Tore.Mesh.Primitives;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Pipelines.Stages;

/// <summary>
/// One request on one stage: its slot, its neighbours, and what goes between them. Input comes from link loops, results from the
/// stage's worker. Nothing is called under the lock but the worker.
/// </summary>
internal sealed class StageRoute : IStageOutput, IDisposable
{
    private readonly Lock _gate = new();
    private readonly Action<StageRoute, ToreException> _onFailed;
    private readonly CancellationTokenSource _closed = new();
    private StageCore? _core;
    private StageSequence? _sequence;
    private int _promptLength;
    private int _isOver;

    /// <summary>A route that has no slot yet.</summary>
    public StageRoute(OpenSequence open, OpenedShard shard, Action<StageRoute, ToreException> onFailed)
    {
        Open = open;
        Shard = shard;
        _onFailed = onFailed;
        Closed = _closed.Token;
        First = open.Stages[0].Node;
        Last = open.Stages[^1].Node;
        Sender = open.Stage == 0 ? open.Entry : open.Stages[open.Stage - 1].Node;
    }

    /// <summary>What it was opened with.</summary>
    public OpenSequence Open { get; }

    /// <summary>The layers that run it.</summary>
    public OpenedShard Shard { get; }

    /// <summary>Who sends prompt or activations to this stage.</summary>
    public NodeId Sender { get; }

    /// <summary>Stage 1.</summary>
    public NodeId First { get; }

    /// <summary>The last stage.</summary>
    public NodeId Last { get; }

    /// <summary>Whether this is stage 1.</summary>
    public bool IsFirst => Open.Stage == 0;

    /// <summary>Whether this is the last stage.</summary>
    public bool IsLast => Open.Stage == Open.Stages.Count - 1;

    /// <summary>Where results go: the next stage, or stage 1 and the entry node (one target where these are one node).</summary>
    public (NodeId Node, IFrameTarget Target)[] Targets { get; set; } = [];

    /// <summary>The request's id as its client knows it, once started.</summary>
    public string RequestId { get; private set; } = "";

    /// <summary>Cancelled when the route is closed.</summary>
    public CancellationToken Closed { get; }

    private bool IsOver => Volatile.Read(ref _isOver) != 0;

    /// <summary>Takes the slot; false when the route was closed meanwhile, and the caller gives the slot back.</summary>
    public bool TryGrant(StageSequence sequence)
    {
        lock (_gate)
        {
            if (IsOver)
            {
                return false;
            }
            _sequence = sequence;
            return true;
        }
    }

    /// <summary>Learns what is to be generated; once. Throws <c>invalid_request</c>.</summary>
    public void Start(in StartSequence start)
    {
        lock (_gate)
        {
            if (_sequence is null || _core is not null || start.PromptLength < 1 || start.TokensMax < 1
                || start.PromptLength + (long)start.TokensMax > Open.Positions)
            {
                throw new ToreException(ErrorCodes.InvalidRequest,
                    "The sequence cannot start so: it has no slot, has started, or is too long.");
            }
            _core = new StageCore(start.PromptLength, Open.Positions);
            _promptLength = start.PromptLength;
            RequestId = start.RequestId;
            Shard.Worker.Configure(_sequence, SpecOf(start));
        }
    }

    /// <summary>Rows from the stage before, or the prompt from the entry node.</summary>
    public void OnActivations(in Activations head, ReadOnlySpan<float> rows)
    {
        bool wantsToken = (head.Flags & ActivationFlags.Sample) != 0;
        PostResult result;
        lock (_gate)
        {
            if (IsOver || _core is null)
            {
                return;
            }
            bool fits = IsFirst
                ? head.Ids.Length == head.Count && head.Position + head.Count <= _promptLength
                : head.Width == Shard.Worker.Shard.Width && rows.Length == (long)head.Count * head.Width;
            result = !fits ? PostResult.OutOfOrder
                : IsFirst ? Post(head.Position, head.Ids.Span, wantsToken)
                : Shard.Worker.Post(_sequence!, head.Position, rows, head.Count, wantsToken);
        }
        Judge(result, head.Position);
    }

    /// <summary>At stage 1: the last stage has drawn a token.</summary>
    public void OnToken(in Token token)
    {
        PostResult result;
        lock (_gate)
        {
            if (IsOver || _core is null)
            {
                return;
            }
            result = _core.OnToken(token.Position, token.Id, token.IsLast) switch
            {
                StageCore.Step.Run => Post(token.Position, [token.Id], wantsToken: true),
                StageCore.Step.Broken => PostResult.OutOfOrder,
                _ => PostResult.Accepted,
            };
        }
        Judge(result, token.Position);
    }

    /// <summary>At stage 1: the entry node has the tokens up to a position.</summary>
    public void OnAcknowledged(int position)
    {
        PostResult result = PostResult.Accepted;
        lock (_gate)
        {
            if (!IsOver && _core?.OnAcknowledged(position) is { } held)
            {
                result = Post(held.Position, [held.Id], wantsToken: true);
            }
        }
        Judge(result, position);
    }

    /// <summary>Ends the route. The first call gives the sequence whose slot is to be freed, if it has one.</summary>
    public bool TryEnd(out StageSequence? sequence)
    {
        sequence = null;
        if (Interlocked.Exchange(ref _isOver, 1) != 0)
        {
            return false;
        }
        lock (_gate)
        {
            sequence = _sequence;
        }
        _closed.Cancel();
        return true;
    }

    /// <inheritdoc/>
    public void OnActivations(StageSequence sequence, int position, int count, bool wantsToken, ReadOnlySpan<float> rows)
    {
        ActivationFlags flags = wantsToken ? ActivationFlags.Sample : ActivationFlags.None;
        var head = new Activations(Open.Sequence, Open.Route, position, count, rows.Length / count, flags, default);
        Require(Targets[0].Target.TrySend(head, rows), Targets[0].Node);
    }

    /// <inheritdoc/>
    public void OnChunkDone(StageSequence sequence, int position, int count)
    {
        // The entry node paces the prompt; it is the last of the targets.
        (NodeId node, IFrameTarget target) = Targets[^1];
        Require(target.TrySend(new ChunkDone(Open.Sequence, Open.Route, position + count)), node);
    }

    /// <inheritdoc/>
    public void OnToken(StageSequence sequence, in SampledToken sampled)
    {
        var token = new Token
        {
            Sequence = Open.Sequence,
            Route = Open.Route,
            Position = sampled.Position,
            Id = sampled.Id,
            IsLast = sampled.IsLast,
            LogProb = sampled.LogProb,
            Top = sampled.TopIds.IsEmpty ? default : TopOf(sampled),
            LogitsDigest = sampled.Digest.IsEmpty ? null : new Digest(sampled.Digest),
        };
        foreach ((NodeId node, IFrameTarget target) in Targets)
        {
            Token sent = node == Open.Entry ? token : token with { LogProb = null, Top = default, LogitsDigest = null };
            Require(target.TrySend(sent), node);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _closed.Dispose();

    /// <inheritdoc/>
    public void OnFailed(StageSequence sequence, ToreException error) => _onFailed(this, error);

    private static WireTopToken[] TopOf(in SampledToken sampled)
    {
        var top = new WireTopToken[sampled.TopIds.Length];
        for (int i = 0; i < top.Length; i++)
        {
            top[i] = new WireTopToken(sampled.TopIds[i], sampled.TopLogProbs[i]);
        }
        return top;
    }

    private StageSequenceSpec SpecOf(in StartSequence start) => new()
    {
        RequestId = start.RequestId,
        Positions = Open.Positions,
        Sampling = new SamplingOptions
        {
            Temperature = start.Sampling.Temperature,
            TopK = start.Sampling.TopK,
            TopP = start.Sampling.TopP,
            MinP = start.Sampling.MinP,
            RepeatPenalty = start.Sampling.RepeatPenalty,
            Seed = start.Sampling.Seed,
        },
        PromptIds = start.PromptIds.ToArray(),
        EndIds = new HashSet<int>(start.EndIds.ToArray()),
        MaxTokens = start.TokensMax,
        TopLogProbs = start.TopLogProbs,
        WantDigest = start.WantsDigest,
    };

    /// <summary>Posts ids; one outside the vocabulary ends the route, not the link that carried it.</summary>
    private PostResult Post(int position, ReadOnlySpan<int> ids, bool wantsToken)
    {
        try
        {
            return Shard.Worker.Post(_sequence!, position, ids, wantsToken);
        }
        catch (ToreException)
        {
            return PostResult.OutOfOrder;
        }
    }

    private void Judge(PostResult result, int position)
    {
        // Closed means that the route is ending anyway.
        if (result is PostResult.OutOfOrder or PostResult.Full)
        {
            _onFailed(this, new ToreException(ErrorCodes.WireMalformed,
                $"Stage {Open.Stage + 1} of the route was sent position {position} out of order or too far ahead ({result}): "
                + "a node of the route is broken."));
        }
    }

    private void Require(bool sent, NodeId node)
    {
        if (!sent)
        {
            _onFailed(this, new ToreException(ErrorCodes.StageLost, $"The link to node {node.Short} of the route broke."));
        }
    }
}
