using Tore.Mesh.Inference.Sampling;
using Tore.Mesh.Primitives;
using Tore.Mesh.Tensors;

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
    private readonly TokenSampler? _sampler;
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
        _sampler = shard.IsLast ? new TokenSampler(shard.VocabularySize, KernelSets.Current) : null;
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
        int wanted = _wantsToken.AsSpan(0, _count).Count(true);
        ReadOnlySpan<float> logits = _shard.IsLast && wanted > 0 ? _shard.Logits(0, wanted) : [];
        int row = 0, logitRow = 0;
        for (int i = 0; i < _count; i++)
        {
            StageSequence sequence = _sequences[i]!;
            int firstRow = row, firstLogit = logitRow * _shard.VocabularySize;
            row += _steps[i].Count;
            logitRow += _wantsToken[i] ? 1 : 0;
            if (sequence.Closing)
            {
                continue;
            }
            try
            {
                Give(sequence, i, firstRow, logits.Length > 0 && _wantsToken[i] ? logits.Slice(firstLogit, _shard.VocabularySize) : []);
            }
#pragma warning disable CA1031 // What goes wrong with one sequence ends that one only.
            catch (Exception exception)
#pragma warning restore CA1031
            {
                worker.Fail(sequence, ErrorOf(exception));
            }
        }
    }

    /// <summary>Ends every sequence of a pass that could not be run.</summary>
    public void FailAll(StageWorker worker, Exception exception)
    {
        ToreException error = ErrorOf(exception);
        foreach (StageSequence sequence in Sequences)
        {
            worker.Fail(sequence, error);
        }
    }

    private void Give(StageSequence sequence, int i, int firstRow, ReadOnlySpan<float> logits)
    {
        ShardStep step = _steps[i];
        if (_failed[i])
        {
            throw Overflow(step);
        }
        if (!_shard.IsLast)
        {
            ReadOnlySpan<float> rows = _shard.Hidden.Slice(firstRow * _shard.Width, step.Count * _shard.Width);
            sequence.Output.OnActivations(sequence, step.Position, step.Count, _wantsToken[i], rows);
        }
        else if (_wantsToken[i])
        {
            sequence.Sampling!.Draw(_sampler!, sequence, step.Position + step.Count, logits);
        }
        else
        {
            sequence.Output.OnChunkDone(sequence, step.Position, step.Count);
        }
    }

    private ToreException ErrorOf(Exception exception) => exception as ToreException
        ?? new ToreException(
            ErrorCodes.Internal,
            $"The pass of layers {_shard.Layers} failed: {exception.Message} This is a defect: please report it.",
            exception);

    private ToreException Overflow(ShardStep step) => new(
        ErrorCodes.NumericOverflow,
        $"A value became infinite or undefined in layers {_shard.Layers} at positions {step.Position}-{step.Position + step.Count - 1}: "
        + "the model's weights do not suit this prompt, or the file is damaged. Other requests are not affected.");
}
