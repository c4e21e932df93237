using Tore.Mesh.Inference.Stages;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Pipelines.Forward;

/// <summary>
/// One request's KV on this node's shard between forward calls. Rows go to the stage worker, whose thread answers through
/// <see cref="IStageOutput"/>; one call at a time waits for them.
/// </summary>
internal sealed class ForwardSequence : IStageOutput
{
    private readonly StageWorker _worker;
    private readonly StageSequence _sequence;
    private readonly Lock _gate = new();
    private TaskCompletionSource? _waiting;
    private ToreException? _failure;
    private float[] _rows = [];
    private int _done;
    private int _expected;
    private bool _wantsToken;
    private int _token;

    /// <summary>Takes a slot for a request, with room for the whole context.</summary>
    public ForwardSequence(StageWorker worker, ForwardCall call, ulong seed)
    {
        _worker = worker;
        First = call;
        Seed = seed;
        _sequence = worker.Open(
            new StageSequenceSpec
            {
                RequestId = call.RequestId,
                Positions = worker.Shard.ContextLength,
                Sampling = call.Sampling with { Seed = seed },
            },
            this);
    }

    /// <summary>The call that opened it: its sampling holds for all.</summary>
    public ForwardCall First { get; }

    /// <summary>The seed in force.</summary>
    public ulong Seed { get; }

    /// <summary>What runs it.</summary>
    public StageWorker Worker => _worker;

    /// <summary>When its last call ended, on the service's clock.</summary>
    public long SilentSince { get; set; }

    /// <summary>The position of the next row.</summary>
    public int Position { get; private set; }

    /// <summary>Keeps calls of one request apart.</summary>
    public SemaphoreSlim Turn { get; } = new(1, 1);

    /// <summary>Frees the KV after silence.</summary>
    public ITimer? Idle { get; set; }

    /// <summary>Floating-point operations so far.</summary>
    public long Flops => _sequence.Flops;

    /// <summary>Runs rows through the shard; a chunk at a time.</summary>
    /// <returns>The rows for the next shard; none on the last.</returns>
    public async Task<float[]> RunAsync(ForwardCall call, bool wantsToken, CancellationToken cancellationToken)
    {
        int width = _worker.Shard.Width, chunk = _worker.Shard.PrefillChunk;
        _rows = _worker.Shard.IsLast ? [] : new float[call.Count * width];
        for (int from = 0; from < call.Count; from += chunk)
        {
            int count = Math.Min(chunk, call.Count - from);
            bool draws = wantsToken && from + count == call.Count;
            await StepAsync(count, draws, () => _worker.Shard.IsFirst
                ? _worker.Post(_sequence, Position, call.Ids.AsSpan(from, count), draws)
                : _worker.Post(_sequence, Position, call.Rows.AsSpan(from * width, count * width), count, draws), from, cancellationToken);
        }
        return _rows;
    }

    /// <summary>Feeds the token drawn last and draws the next, on a shard that holds all layers.</summary>
    public Task ContinueAsync(CancellationToken cancellationToken) =>
        StepAsync(1, true, () => _worker.Post(_sequence, Position, [_token], true), 0, cancellationToken);

    /// <summary>The token drawn last.</summary>
    public int Token => _token;

    /// <summary>Frees slot and KV within one step; a call that waits fails.</summary>
    public Task FreeAsync(ToreException reason)
    {
        Fail(reason);
        Idle?.Dispose();
        return _worker.Close(_sequence);
    }

    /// <inheritdoc/>
    public void OnActivations(StageSequence sequence, int position, int count, bool wantsToken, ReadOnlySpan<float> rows)
    {
        rows.CopyTo(_rows.AsSpan(_done * _worker.Shard.Width));
        Advance(count);
    }

    /// <inheritdoc/>
    public void OnChunkDone(StageSequence sequence, int position, int count) => Advance(count);

    /// <inheritdoc/>
    public void OnToken(StageSequence sequence, in SampledToken token)
    {
        _token = token.Id;
        lock (_gate)
        {
            _waiting?.TrySetResult();
        }
    }

    /// <inheritdoc/>
    public void OnFailed(StageSequence sequence, ToreException error) => Fail(error);

    private async Task StepAsync(int count, bool wantsToken, Func<PostResult> post, int done, CancellationToken cancellationToken)
    {
        var waiting = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            _waiting = waiting;
            _done = done;
            _expected = done + count;
            _wantsToken = wantsToken;
            if (_failure is not null)
            {
                throw _failure;
            }
        }
        PostResult result = post();
        if (result != PostResult.Accepted)
        {
            throw _failure ?? new ToreException(
                result == PostResult.OutOfOrder ? ErrorCodes.ContextLengthExceeded : ErrorCodes.StageLost,
                result == PostResult.OutOfOrder
                    ? $"Rows {Position} to {Position + count - 1} do not fit the context of {_worker.Shard.ContextLength}."
                    : "The layers were closed meanwhile. Ask for the pipeline again, then start the request anew.");
        }
        await waiting.Task.WaitAsync(cancellationToken);
        Position += count;
    }

    private void Advance(int count)
    {
        lock (_gate)
        {
            _done += count;
            if (_done >= _expected && !_wantsToken)
            {
                _waiting?.TrySetResult();
            }
        }
    }

    private void Fail(ToreException error)
    {
        lock (_gate)
        {
            _failure ??= error;
            _waiting?.TrySetException(_failure);
        }
    }
}
