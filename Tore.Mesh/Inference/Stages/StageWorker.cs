using Tore.Mesh.Primitives;

namespace Tore.Mesh.Inference.Stages;

/// <summary>
/// Owns one shard and the one thread that runs it. Each pass carries the decode steps and prompt chunks of all sequences that have
/// rows waiting (<see cref="PassPlan"/>); results do not depend on who shares a pass with whom. All members are safe from any thread.
/// </summary>
public sealed class StageWorker : IAsyncDisposable
{
    private readonly IShard _shard;
    private readonly object _gate = new();
    private readonly List<StageSequence> _sequences = [];
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly PassRows _pass;
    private readonly Thread _thread;
    private int _turn;
    private bool _started;
    private bool _stopping;

    /// <summary>Takes over <paramref name="shard"/>: disposing the worker disposes it.</summary>
    public StageWorker(IShard shard)
    {
        _shard = shard;
        _pass = new PassRows(shard);
        _thread = new Thread(Serve) { IsBackground = true, Name = $"tore stage {shard.Layers}" };
    }

    /// <summary>The shard; read its constant properties only.</summary>
    public IShard Shard => _shard;

    /// <summary>Passes run so far.</summary>
    public long Passes { get; private set; }

    /// <summary>Sequences open now.</summary>
    public int OpenSequences
    {
        get
        {
            lock (_gate)
            {
                return _sequences.Count;
            }
        }
    }

    /// <summary>Raised when a slot has become free, on any thread; a handler must not block.</summary>
    public event Action? SlotFreed;

    /// <summary>Raised when a request begins to wait for a slot: who holds an idle one may give it up; a handler must not block.</summary>
    public event Action<StageWorker>? SlotWanted;

    /// <summary>Tells the holders of slots that one is wanted.</summary>
    public void AskForSlot() => SlotWanted?.Invoke(this);

    /// <summary>Takes a slot for a sequence.</summary>
    /// <exception cref="ToreException"><c>context_length_exceeded</c>, <c>busy</c>, or <c>draining</c> after disposal.</exception>
    public StageSequence Open(StageSequenceSpec spec, IStageOutput output)
    {
        StageSequence sequence = Reserve(spec, output);
        Configure(sequence, spec);
        return sequence;
    }

    /// <summary>
    /// Takes a slot for a sequence of which only the positions are known; <see cref="Configure"/> must follow before its first row.
    /// Errors as <see cref="Open"/>.
    /// </summary>
    public StageSequence Reserve(StageSequenceSpec spec, IStageOutput output)
    {
        IShardSequence slot = _shard.OpenSequence(spec.Positions);
        lock (_gate)
        {
            if (_stopping)
            {
                slot.Dispose();
                throw Draining();
            }
            var sequence = new StageSequence(spec, output, slot, _shard);
            _sequences.Add(sequence);
            if (!_started)
            {
                _started = true;
                _thread.Start();
            }
            return sequence;
        }
    }

    /// <summary>Tells what a reserved sequence is to generate; the positions stay as reserved.</summary>
    public void Configure(StageSequence sequence, StageSequenceSpec spec)
    {
        StageSampling? sampling = _shard.IsLast ? new StageSampling(spec, _shard.VocabularySize) : null;
        lock (_gate)
        {
            sequence.Sampling?.Dispose();
            sequence.Sampling = sampling;
            if (sequence.Freed.Task.IsCompleted)
            {
                sampling?.Dispose();
            }
        }
    }

    /// <summary>Queues token ids for a first stage.</summary>
    /// <param name="sequence">Whose.</param>
    /// <param name="position">Position of the first id: where the sequence stands.</param>
    /// <param name="ids">The ids, each within the vocabulary.</param>
    /// <param name="wantsToken">Whether a token is to be drawn after the last of them.</param>
    public PostResult Post(StageSequence sequence, int position, ReadOnlySpan<int> ids, bool wantsToken)
    {
        foreach (int id in ids)
        {
            if ((uint)id >= (uint)_shard.VocabularySize)
            {
                throw new ToreException(
                    ErrorCodes.InvalidRequest,
                    $"Token {id} is not in the model's vocabulary of {_shard.VocabularySize}: check the ids of the prompt.");
            }
        }
        return Wake(sequence.Add(position, ids, wantsToken));
    }

    /// <summary>Queues activations of the stage before.</summary>
    /// <param name="sequence">Whose.</param>
    /// <param name="position">Position of the first row: where the sequence stands.</param>
    /// <param name="rows"><paramref name="count"/> x width floats.</param>
    /// <param name="count">Number of rows.</param>
    /// <param name="wantsToken">Whether a token is to be drawn after the last of them.</param>
    public PostResult Post(StageSequence sequence, int position, ReadOnlySpan<float> rows, int count, bool wantsToken) =>
        Wake(sequence.Add(position, rows, count, wantsToken));

    /// <summary>
    /// Ends a sequence: its slot is free at once, or when the pass that carries it is over. The task completes then, and from then
    /// on its output is not called.
    /// </summary>
    public Task Close(StageSequence sequence)
    {
        sequence.Shut();
        lock (_gate)
        {
            if (sequence.InPass)
            {
                sequence.Closing = true;
            }
            else
            {
                Free(sequence);
            }
        }
        return sequence.Freed.Task;
    }

    /// <summary>Fails what is still open with <c>draining</c>, ends the thread and frees the shard.</summary>
    public async ValueTask DisposeAsync()
    {
        lock (_gate)
        {
            if (!_stopping)
            {
                _stopping = true;
                Monitor.Pulse(_gate);
                if (!_started)
                {
                    _ended.SetResult();
                    _shard.Dispose();
                }
            }
        }
        await _ended.Task;
    }

    private static ToreException Draining() => new(ErrorCodes.Draining, "This stage is shutting down: ask again elsewhere, or later.");

    private PostResult Wake(PostResult result)
    {
        if (result == PostResult.Accepted && Thread.CurrentThread != _thread)
        {
            lock (_gate)
            {
                Monitor.Pulse(_gate);
            }
        }
        return result;
    }

    /// <summary>Gives the slot back; under the gate.</summary>
    private void Free(StageSequence sequence)
    {
        if (_sequences.Remove(sequence))
        {
            sequence.Sampling?.Dispose();
            sequence.Shard.Dispose();
            sequence.Freed.TrySetResult();
            SlotFreed?.Invoke();
        }
    }

    private void Serve()
    {
        while (Compose())
        {
            try
            {
                _pass.Run(this);
            }
#pragma warning disable CA1031 // Whatever a pass throws ends its sequences, not the node.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                _pass.FailAll(this, exception);
            }
            EndPass();
        }
        List<StageSequence> open;
        lock (_gate)
        {
            open = [.. _sequences];
        }
        foreach (StageSequence sequence in open)
        {
            Fail(sequence, Draining());
        }
        _shard.Dispose();
        _ended.SetResult();
    }

    /// <summary>Waits for rows and takes the next pass's; false when the worker is to end.</summary>
    private bool Compose()
    {
        lock (_gate)
        {
            while (!_stopping)
            {
                if (_pass.Compose(_sequences, unchecked(_turn++)))
                {
                    return true;
                }
                Monitor.Wait(_gate);
            }
            return false;
        }
    }

    private void EndPass()
    {
        lock (_gate)
        {
            Passes++;
            foreach (StageSequence sequence in _pass.Sequences)
            {
                sequence.InPass = false;
                if (sequence.Closing)
                {
                    Free(sequence);
                }
            }
        }
    }

    /// <summary>Ends a sequence with an error; on the worker's thread.</summary>
    internal void Fail(StageSequence sequence, ToreException error)
    {
        sequence.Shut();
        lock (_gate)
        {
            if (sequence.Closing || sequence.Freed.Task.IsCompleted)
            {
                return;
            }
            sequence.InPass = false;
            Free(sequence);
        }
        sequence.Output.OnFailed(sequence, error);
    }
}
