namespace Tore.Mesh.Pipelines.Ring;

/// <summary>
/// What the entry node of a ring decides: which piece of the prompt may go out, which token is new. Pure; one object a route, so that
/// frames of an older route are never mixed in.
/// </summary>
internal sealed class RingEntryCore
{
    private readonly int _promptLength;
    private readonly int _tokensMax;
    private readonly int _windowRows;
    private readonly int _chunkRows;
    private int _sent;
    private int _done;

    /// <summary>A request that is about to start.</summary>
    /// <param name="promptLength">Tokens of the prompt.</param>
    /// <param name="tokensMax">Tokens to generate at most.</param>
    /// <param name="windowRows">Rows that may be on their way: the least that a stage grants.</param>
    /// <param name="chunkRows">Rows of one frame at most.</param>
    public RingEntryCore(int promptLength, int tokensMax, int windowRows, int chunkRows)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(promptLength, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(windowRows, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(chunkRows, 1);
        _promptLength = promptLength;
        _tokensMax = tokensMax;
        _windowRows = windowRows;
        // Two pieces within the window at least, so that a stage computes one while the next is on its way.
        _chunkRows = Math.Clamp(windowRows / 2, 1, chunkRows);
        NextPosition = promptLength;
    }

    /// <summary>What a token is.</summary>
    internal enum Arrival
    {
        /// <summary>The next one: to be shown.</summary>
        New,

        /// <summary>It was here before: to be dropped.</summary>
        Repeat,

        /// <summary>One before it is missing: the route is broken.</summary>
        Gap,
    }

    /// <summary>A piece of the prompt.</summary>
    internal readonly record struct Chunk(int Position, int Count, bool IsLast);

    /// <summary>Position of the token that is awaited.</summary>
    public int NextPosition { get; private set; }

    /// <summary>Whether the last token is here.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>The next piece that may go out; it then counts as sent. False when the window is full or all is out.</summary>
    public bool TryNextChunk(out Chunk chunk)
    {
        int count = Math.Min(_chunkRows, _promptLength - _sent);
        if (count == 0 || _sent + count - _done > _windowRows)
        {
            chunk = default;
            return false;
        }
        chunk = new Chunk(_sent, count, _sent + count == _promptLength);
        _sent += count;
        return true;
    }

    /// <summary>The last stage has run all positions before this one; what was never sent, or is old, is not believed.</summary>
    public void OnChunkDone(int position)
    {
        if (position > _done && position <= _sent)
        {
            _done = position;
        }
    }

    /// <summary>A token arrived.</summary>
    public Arrival OnToken(int position, bool isLast)
    {
        if (position < NextPosition)
        {
            return Arrival.Repeat;
        }
        if (position > NextPosition || IsComplete || _sent < _promptLength || position >= _promptLength + _tokensMax)
        {
            return Arrival.Gap;
        }
        NextPosition++;
        IsComplete = isLast || NextPosition == _promptLength + _tokensMax;
        return Arrival.New;
    }
}
