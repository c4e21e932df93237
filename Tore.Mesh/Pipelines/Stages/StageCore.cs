using Tore.Mesh.Primitives;

namespace Tore.Mesh.Pipelines.Stages;

/// <summary>
/// Paces stage 1: a drawn token is run as the next step only while it is at most <see cref="Limits.TokensAhead"/> steps past what the
/// entry node has acknowledged, so that stop strings and cancels, which the entry node sees, arrive in time. Pure.
/// </summary>
internal sealed class StageCore
{
    private readonly int _positions;
    private int _next;
    private int _acknowledged;
    private (int Position, int Id)? _held;

    /// <summary>A request whose prompt has <paramref name="promptLength"/> tokens, with room for <paramref name="positions"/>.</summary>
    public StageCore(int promptLength, int positions)
    {
        _positions = positions;
        _next = promptLength;
        _acknowledged = promptLength - 1;
    }

    /// <summary>What is to be done about a token.</summary>
    internal enum Step
    {
        /// <summary>Run it now.</summary>
        Run,

        /// <summary>It is kept until the entry node has caught up.</summary>
        Hold,

        /// <summary>Nothing: it is a repeat, or the last one.</summary>
        Ignore,

        /// <summary>It does not follow the one before it, or goes beyond the reserved positions: the route is broken.</summary>
        Broken,
    }

    /// <summary>The last stage has drawn a token.</summary>
    public Step OnToken(int position, int id, bool isLast)
    {
        if (position < _next)
        {
            return Step.Ignore;
        }
        if (position > _next || position >= _positions)
        {
            return Step.Broken;
        }
        _next++;
        if (isLast || position == _positions - 1)
        {
            return Step.Ignore;
        }
        if (position - _acknowledged <= Limits.TokensAhead)
        {
            return Step.Run;
        }
        _held = (position, id);
        return Step.Hold;
    }

    /// <summary>The entry node has every token up to this position. Gives the held token when it may run now.</summary>
    public (int Position, int Id)? OnAcknowledged(int position)
    {
        // The entry node may have the next token before it is here: the last stage sends to both, over different links. Later ones
        // cannot have been drawn yet, and an invented acknowledgement would let the ring run away.
        if (position > _next || position <= _acknowledged)
        {
            return null;
        }
        _acknowledged = position;
        if (_held is { } held && held.Position - _acknowledged <= Limits.TokensAhead)
        {
            _held = null;
            return held;
        }
        return null;
    }
}
