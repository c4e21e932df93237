using Tore.Mesh.Primitives;

namespace Tore.Mesh.Inference.Stages;

/// <summary>
/// One pass of a <see cref="StageWorker"/>, from the waiting rows to the results. Its arrays are as large as the shard has slots and
/// are used again for every pass.
/// </summary>
internal sealed class PassRows
{
    private readonly IShard _shard;
    private readonly int[] _waiting;
    private readonly bool[] _isDecode;
    private readonly int[] _take;
    private readonly StageSequence?[] _sequences;
    private readonly ShardStep[] _steps;
    private readonly bool[] _wantsToken;
    private readonly bool[] _failed;
    private int _count;

    public PassRows(IShard shard)
    {
        _shard = shard;
        _waiting = new int[shard.Slots];
        _isDecode = new bool[shard.Slots];
        _take = new int[shard.Slots];
        _sequences = new StageSequence?[shard.Slots];
        _steps = new ShardStep[shard.Slots];
        _wantsToken = new bool[shard.Slots];
        _failed = new bool[shard.Slots];
    }

    /// <summary>The sequences of the pass.</summary>
    public ReadOnlySpan<StageSequence> Sequences => _sequences.AsSpan(0, _count)!;

    /// <summary>Takes rows of all sequences into the shard's input, and marks whose they are; false when none waits.</summary>
    public bool Compose(List<StageSequence> sequences, int turn)
    {
        int count = sequences.Count;
        for (int i = 0; i < count; i++)
        {
            (_waiting[i], _isDecode[i]) = sequences[i].Waiting;
        }
        int total = PassPlan.Share(_waiting.AsSpan(0, count), _isDecode.AsSpan(0, count), turn, _shard.PrefillChunk, _take);
        _count = 0;
        for (int i = 0, row = 0; i < count && total > 0; i++)
        {
            if (_take[i] == 0)
            {
                continue;
            }
            StageSequence sequence = sequences[i];
            (int position, bool wantsToken) = sequence.Take(
                _take[i], _shard.IsFirst ? _shard.TokenIds[row..] : [], _shard.IsFirst ? [] : _shard.Hidden[(row * _shard.Width)..]);
            sequence.InPass = true;
            _sequences[_count] = sequence;
            _wantsToken[_count] = wantsToken;
            _steps[_count++] = new ShardStep(sequence.Shard, position, _take[i], wantsToken ? LogitRows.Last : LogitRows.None);
            row += _take[i];
        }
        return _count > 0;
    }

    /// <summary>Runs the shard and hands out the results.</summary>
    public void Run(StageWorker worker)
    {
        _shard.Forward(_steps.AsSpan(0, _count), _failed);
        if (_shard.IsLast)
        {
            GiveTokens(worker);
        }
        else
        {
            GiveActivations(worker);
        }
    }

    /// <summary>Ends every sequence of a pass that could not be run.</summary>
    public void FailAll(StageWorker worker, Exception exception)
    {
        ToreException error = exception as ToreException
            ?? new ToreException(ErrorCodes.Internal, $"The pass of layers {_shard.Layers} failed: {exception.Message} This is a defect; please report it.", exception);
        foreach (StageSequence sequence in Sequences)
        {
            worker.Fail(sequence, error);
        }
    }

    private void GiveActivations(StageWorker worker)
    {
        int row = 0;
        for (int i = 0; i < _count; i++)
        {
            StageSequence sequence = _sequences[i]!;
            ShardStep step = _steps[i];
            if (_failed[i])
            {
                worker.Fail(sequence, Overflow(step));
            }
            else if (!sequence.Closing)
            {
                ReadOnlySpan<float> rows = _shard.Hidden.Slice(row * _shard.Width, step.Count * _shard.Width);
                sequence.Output.OnActivations(sequence, step.Position, step.Count, _wantsToken[i], rows);
            }
            row += step.Count;
        }
    }

    private void GiveTokens(StageWorker worker)
    {
        int row = 0;
        for (int i = 0; i < _count; i++)
        {
            StageSequence sequence = _sequences[i]!;
            ShardStep step = _steps[i];
            int logitRow = row;
            row += _wantsToken[i] ? 1 : 0;
            if (_failed[i])
            {
                worker.Fail(sequence, Overflow(step));
            }
            else if (sequence.Closing)
            {
                continue;
            }
            else if (!_wantsToken[i])
            {
                sequence.Output.OnChunkDone(sequence, step.Position, step.Count);
            }
            else if (!sequence.Sampling!.Draw(sequence, step.Position + step.Count, _shard.Logits(logitRow, 1)))
            {
                worker.Fail(sequence, Overflow(step));
            }
        }
    }

    private ToreException Overflow(ShardStep step) => new(
        ErrorCodes.NumericOverflow,
        $"A value became infinite or undefined in layers {_shard.Layers} at positions {step.Position}-{step.Position + step.Count - 1}: "
        + "the model's weights do not suit this prompt, or the file is damaged. Other requests are not affected.");
}
