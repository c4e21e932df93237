using Tore.Mesh.Tensors;

namespace Tore.Mesh.Inference.Stages;

/// <summary>
/// A sequence on one stage: its slot on the shard and the rows that wait to be run. Rows arrive in order of position, from one
/// sender at a time, and leave in pieces of the worker's choosing.
/// </summary>
public sealed class StageSequence
{
    private const int FirstCapacity = 16;

    // Marks of the last row of what was posted at once.
    private const byte PieceEnd = 1;
    private const byte TokenEnd = 2;

    private readonly Lock _gate = new();
    private readonly int _width;
    private readonly int _maxWaiting;
    private readonly int[] _ids;
    private readonly byte[] _ends;
    private AlignedBuffer? _rows;
    private int _capacity;
    private int _next;
    private int _arrived;
    private bool _closed;

    internal StageSequence(StageSequenceSpec spec, IStageOutput output, IShardSequence sequence, IShard shard)
    {
        Spec = spec;
        Output = output;
        Shard = sequence;
        _width = shard.Width;
        _ids = shard.IsFirst ? new int[spec.Positions] : [];
        _ends = new byte[spec.Positions];
        _maxWaiting = shard.IsFirst ? spec.Positions : Primitives.Limits.TokensAhead * shard.PrefillChunk;
    }

    /// <summary>What it was opened with.</summary>
    public StageSequenceSpec Spec { get; }

    /// <summary>For its owner's use.</summary>
    public object? Tag { get; set; }

    /// <summary>Floating-point operations that this stage ran for it.</summary>
    public long Flops => Shard.Flops;

    internal IStageOutput Output { get; }

    internal IShardSequence Shard { get; }

    /// <summary>What draws its tokens; on the last stage only.</summary>
    internal StageSampling? Sampling { get; set; }

    /// <summary>Completes when the slot is free.</summary>
    internal TaskCompletionSource Freed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Whether the pass that runs carries rows of it; the worker's.</summary>
    internal bool InPass { get; set; }

    /// <summary>Whether it is to be freed when the pass that runs is over; the worker's.</summary>
    internal bool Closing { get; set; }

    /// <summary>
    /// Rows that the next pass may take, and whether they are one decode step: a single row that a token is wanted of. Rows that were
    /// posted apart are run apart, so that a prompt sent in pieces keeps several stages busy.
    /// </summary>
    internal (int Rows, bool IsDecode) Waiting
    {
        get
        {
            lock (_gate)
            {
                if (_next == _arrived)
                {
                    return (0, false);
                }
                int rows = _ends.AsSpan(_next, _arrived - _next).IndexOfAnyExcept((byte)0) + 1;
                return (rows, rows == 1 && _ends[_next] == TokenEnd);
            }
        }
    }

    internal PostResult Add(int position, ReadOnlySpan<int> ids, bool wantsToken)
    {
        lock (_gate)
        {
            PostResult result = Check(position, ids.Length);
            if (result == PostResult.Accepted)
            {
                ids.CopyTo(_ids.AsSpan(position));
                Accept(ids.Length, wantsToken);
            }
            return result;
        }
    }

    internal unsafe PostResult Add(int position, ReadOnlySpan<float> rows, int count, bool wantsToken)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(rows.Length, count * _width);
        lock (_gate)
        {
            PostResult result = Check(position, count);
            if (result == PostResult.Accepted)
            {
                Reserve(_arrived - _next + count);
                for (int i = 0; i < count; i++)
                {
                    rows.Slice(i * _width, _width).CopyTo(RowAt(position + i));
                }
                Accept(count, wantsToken);
            }
            return result;
        }
    }

    /// <summary>
    /// Takes up to <paramref name="count"/> waiting rows into a shard's input, and tells whether a token follows the last.
    /// </summary>
    internal (int Position, bool WantsToken) Take(int count, Span<int> ids, Span<float> hidden)
    {
        lock (_gate)
        {
            int position = _next;
            if (_ids.Length > 0)
            {
                _ids.AsSpan(position, count).CopyTo(ids);
            }
            else
            {
                for (int i = 0; i < count; i++)
                {
                    RowAt(position + i).CopyTo(hidden.Slice(i * _width, _width));
                }
            }
            _next += count;
            return (position, _ends[_next - 1] == TokenEnd);
        }
    }

    /// <summary>Refuses further rows and frees the waiting ones.</summary>
    internal void Shut()
    {
        lock (_gate)
        {
            _closed = true;
            _next = _arrived;
            _rows?.Dispose();
            _rows = null;
        }
    }

    private PostResult Check(int position, int count)
    {
        if (_closed)
        {
            return PostResult.Closed;
        }
        if (position != _arrived || count < 1 || count > Spec.Positions - position)
        {
            return PostResult.OutOfOrder;
        }
        return _arrived - _next + count > _maxWaiting ? PostResult.Full : PostResult.Accepted;
    }

    private void Accept(int count, bool wantsToken)
    {
        _arrived += count;
        _ends[_arrived - 1] = wantsToken ? TokenEnd : PieceEnd;
    }

    private unsafe Span<float> RowAt(int position) => new(_rows!.Floats + ((long)(position % _capacity) * _width), _width);

    /// <summary>Grows the ring of waiting rows; it is freed with the sequence.</summary>
    private unsafe void Reserve(int rows)
    {
        if (rows <= _capacity)
        {
            return;
        }
        AlignedBuffer? old = _rows;
        int oldCapacity = _capacity;
        int capacity = Math.Min(Math.Max(FirstCapacity, Math.Max(rows, 2 * _capacity)), Math.Max(rows, _maxWaiting));
        var grown = new AlignedBuffer((long)capacity * _width * sizeof(float));
        for (int position = _next; position < _arrived; position++)
        {
            new Span<float>(old!.Floats + ((long)(position % oldCapacity) * _width), _width)
                .CopyTo(new Span<float>(grown.Floats + ((long)(position % capacity) * _width), _width));
        }
        _rows = grown;
        _capacity = capacity;
        old?.Dispose();
    }
}
