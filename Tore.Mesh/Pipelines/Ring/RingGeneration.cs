using System.Runtime.CompilerServices;
using System.Threading.Channels;
using Tore.Mesh.Inference.Stages;
using Tore.Mesh.Primitives;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Pipelines.Ring;

/// <summary>
/// One generation as its entry node runs it: sends the prompt in pieces, takes tokens in order, acknowledges what its reader has taken.
/// </summary>
internal sealed class RingGeneration
{
    /// <summary>Characters of a request's id that the stages are told: at most 3 bytes each in UTF-8.</summary>
    private const int RequestIdCharacters = Limits.WireNameBytes / 3;

    private readonly Lock _gate = new();
    private readonly RingEntryCore _core;
    private readonly PipelineRequest _request;
    private readonly int[] _prompt;

    // At most TokensAhead tokens wait here, for the ring stops there.
    private readonly Channel<GeneratedToken> _tokens =
        Channel.CreateUnbounded<GeneratedToken>(new UnboundedChannelOptions { SingleReader = true });

    /// <summary>Prepares to run a request over an open route.</summary>
    public RingGeneration(RingRoute route, PipelineRequest request)
    {
        Route = route;
        _request = request;
        _prompt = [.. request.PromptIds];
        int chunk = PromptChunk.For(_prompt.Length, route.Stages.Count, Limits.PrefillTokens);
        _core = new RingEntryCore(_prompt.Length, request.MaxTokens, route.WindowRows, chunk);
    }

    /// <summary>The route.</summary>
    public RingRoute Route { get; }

    /// <summary>Starts every stage and sends the first pieces of the prompt.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await Route.StartAsync(StartOf(_request, _prompt), cancellationToken);
        lock (_gate)
        {
            SendPrompt();
        }
    }

    /// <summary>The tokens as they come; throws what ended the generation early.</summary>
    public async IAsyncEnumerable<GeneratedToken> ReadAsync([EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (GeneratedToken token in _tokens.Reader.ReadAllAsync(cancellationToken))
        {
            yield return token;
            Route.Acknowledge(token.Position);
        }
    }

    /// <summary>A token of this route came in.</summary>
    public void OnToken(in Token token)
    {
        lock (_gate)
        {
            switch (_core.OnToken(token.Position, token.IsLast))
            {
                case RingEntryCore.Arrival.New:
                    _tokens.Writer.TryWrite(ResultOf(token));
                    if (_core.IsComplete)
                    {
                        _tokens.Writer.TryComplete();
                    }
                    break;
                case RingEntryCore.Arrival.Gap:
                    _tokens.Writer.TryComplete(new ToreException(ErrorCodes.StageLost,
                        $"The route gave token {token.Position} where {_core.NextPosition} was due. Ask again."));
                    break;
            }
        }
    }

    /// <summary>The last stage is through with the positions before this one.</summary>
    public void OnChunkDone(int position)
    {
        lock (_gate)
        {
            _core.OnChunkDone(position);
            SendPrompt();
        }
    }

    /// <summary>Ends the generation with an error; the first counts.</summary>
    public void Fail(ToreException error) => _tokens.Writer.TryComplete(error);

    private void SendPrompt()
    {
        while (_core.TryNextChunk(out RingEntryCore.Chunk chunk))
        {
            var head = new Activations(Route.Sequence, Route.Number, chunk.Position, chunk.Count, 0,
                chunk.IsLast ? ActivationFlags.Sample : ActivationFlags.None, _prompt.AsMemory(chunk.Position, chunk.Count));
            if (!Route.FirstTarget.TrySend(head, default))
            {
                Fail(new ToreException(ErrorCodes.StageLost,
                    $"The link to node {Route.FirstNode.Short}, the first stage, broke. Ask again."));
                return;
            }
        }
    }

    private GeneratedToken ResultOf(in Token token) => new(token.Id, token.Position)
    {
        LogProb = token.LogProb,
        Top = _request.TopLogProbs is null ? null : [.. token.Top.ToArray().Select(t => new TokenLogProb(t.Id, t.LogProb))],
        Digest = token.LogitsDigest?.ToHex(),
    };

    private StartSequence StartOf(PipelineRequest request, int[] prompt) => new()
    {
        Sequence = Route.Sequence,
        Route = Route.Number,
        // Cut, not refused: the client still gets its own id back whole.
        RequestId = request.RequestId.Length <= RequestIdCharacters ? request.RequestId : request.RequestId[..RequestIdCharacters],
        PromptLength = prompt.Length,
        TokensMax = request.MaxTokens,
        Sampling = new WireSampling(
            request.Sampling.Temperature, request.Sampling.TopK, request.Sampling.TopP, request.Sampling.MinP,
            request.Sampling.RepeatPenalty, request.Sampling.Seed),
        EndIds = request.EndIds.ToArray(),
        PromptIds = request.Sampling.RepeatPenalty == 1 ? default : prompt.AsMemory(),
        TopLogProbs = request.TopLogProbs,
        WantsDigest = request.WantDigest,
    };
}
