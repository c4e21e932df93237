using System.Threading.Channels;
using Tore.Mesh.Inference.Stages;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Pipelines.Local;

/// <summary>
/// One generation over the workers of this process. Results go from worker to worker on their own threads; the reader only takes
/// tokens out. The prompt runs at most <see cref="Limits.TokensAhead"/> of the largest chunks ahead of the last stage, and
/// generation as many tokens ahead of the reader.
/// </summary>
internal sealed class LocalGeneration : IStageOutput
{
    private readonly Lock _gate = new();
    private readonly StageWorker[] _workers;
    private readonly StageSequence?[] _sequences;
    private readonly PipelineRequest _request;
    private readonly int[] _prompt;
    private readonly int _chunk;
    private readonly int _ahead;
    private readonly Channel<GeneratedToken> _tokens =
        Channel.CreateUnbounded<GeneratedToken>(new UnboundedChannelOptions { SingleReader = true, SingleWriter = true });

    private int _posted;
    private int _done;
    private int _unread;
    private GeneratedToken? _held;

    public LocalGeneration(StageWorker[] workers, PipelineRequest request)
    {
        _workers = workers;
        _request = request;
        _prompt = [.. request.PromptIds];
        int most = workers[0].Shard.PrefillChunk;
        _chunk = PromptChunk.For(_prompt.Length, workers.Length, most);
        _ahead = Limits.TokensAhead * most;
        _sequences = new StageSequence?[workers.Length];
    }

    /// <summary>Takes a slot on every worker and posts the first chunks.</summary>
    public void Start()
    {
        var spec = new StageSequenceSpec
        {
            RequestId = _request.RequestId,
            Positions = _prompt.Length + _request.MaxTokens,
            Sampling = _request.Sampling,
            PromptIds = _prompt,
            EndIds = _request.EndIds,
            MaxTokens = _request.MaxTokens,
            TopLogProbs = _request.TopLogProbs,
            WantDigest = _request.WantDigest,
        };
        for (int i = 0; i < _workers.Length; i++)
        {
            _sequences[i] = _workers[i].Open(spec, this);
            _sequences[i]!.Tag = i;
        }
        lock (_gate)
        {
            PostPrompt();
        }
    }

    /// <summary>The tokens as they come; throws what ended the generation early.</summary>
    public async IAsyncEnumerable<GeneratedToken> ReadAsync(
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        await foreach (GeneratedToken token in _tokens.Reader.ReadAllAsync(cancellationToken))
        {
            yield return token;
            lock (_gate)
            {
                _unread--;
                if (_held is { } held)
                {
                    _held = null;
                    PostToken(held);
                }
            }
        }
    }

    /// <summary>Frees the slots; completes when every worker has.</summary>
    public async Task CloseAsync()
    {
        for (int i = 0; i < _workers.Length; i++)
        {
            if (_sequences[i] is { } sequence)
            {
                await _workers[i].Close(sequence);
            }
        }
    }

    /// <inheritdoc/>
    public void OnActivations(StageSequence sequence, int position, int count, bool wantsToken, ReadOnlySpan<float> rows)
    {
        int next = (int)sequence.Tag! + 1;
        Expect(_workers[next].Post(_sequences[next]!, position, rows, count, wantsToken));
    }

    /// <inheritdoc/>
    public void OnChunkDone(StageSequence sequence, int position, int count)
    {
        lock (_gate)
        {
            _done += count;
            PostPrompt();
        }
    }

    /// <inheritdoc/>
    public void OnToken(StageSequence sequence, in SampledToken token)
    {
        var generated = new GeneratedToken(token.Id, token.Position)
        {
            LogProb = token.LogProb,
            Top = _request.TopLogProbs is null ? null : TopOf(token),
            Digest = token.Digest.IsEmpty ? null : Convert.ToHexStringLower(token.Digest),
        };
        lock (_gate)
        {
            _unread++;
            _tokens.Writer.TryWrite(generated);
            if (token.IsLast)
            {
                _tokens.Writer.TryComplete();
            }
            else if (_unread < Limits.TokensAhead)
            {
                PostToken(generated);
            }
            else
            {
                _held = generated;
            }
        }
    }

    /// <inheritdoc/>
    public void OnFailed(StageSequence sequence, ToreException error) => _tokens.Writer.TryComplete(error);

    private static TokenLogProb[] TopOf(in SampledToken token)
    {
        var top = new TokenLogProb[token.TopIds.Length];
        for (int i = 0; i < top.Length; i++)
        {
            top[i] = new TokenLogProb(token.TopIds[i], token.TopLogProbs[i]);
        }
        return top;
    }

    private void PostPrompt()
    {
        while (_posted < _prompt.Length)
        {
            int count = Math.Min(_chunk, _prompt.Length - _posted);
            if (_posted - _done + count > _ahead)
            {
                return;
            }
            bool isLast = _posted + count == _prompt.Length;
            Expect(_workers[0].Post(_sequences[0]!, _posted, _prompt.AsSpan(_posted, count), isLast));
            _posted += count;
        }
    }

    private void PostToken(GeneratedToken token) => Expect(_workers[0].Post(_sequences[0]!, token.Position, [token.Id], true));

    /// <summary>A closed sequence is one that ends just now; anything else would be a defect of this class.</summary>
    private void Expect(PostResult result)
    {
        if (result is not (PostResult.Accepted or PostResult.Closed))
        {
            _tokens.Writer.TryComplete(
                new ToreException(ErrorCodes.Internal, $"A stage did not take rows: {result}. This is a defect: please report it."));
        }
    }
}
