namespace Tore.Mesh.Wire;

/// <summary>
/// The entry node has this token, and the ring may run on: at most <c>Limits.TokensAhead</c> steps past the last one acknowledged.
/// </summary>
/// <param name="Sequence">The request.</param>
/// <param name="Route">Its route.</param>
/// <param name="Position">The last position received in order.</param>
internal readonly record struct TokenAck(Guid Sequence, uint Route, int Position) : IMessage<TokenAck>
{
    /// <inheritdoc/>
    public static MessageType Type => MessageType.TokenAck;

    /// <inheritdoc/>
    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(3);
        writer.Write(Sequence);
        writer.Write(Route);
        writer.Write(Position);
    }

    /// <inheritdoc/>
    public static bool TryRead(ref MessagePackReader reader, out TokenAck message)
    {
        message = default;
        if (!reader.TryReadFields(3, out int added)
            || !reader.TryRead(out Guid sequence)
            || !reader.TryRead(out uint route)
            || !reader.TryReadCount(out int position)
            || !reader.TrySkip(added))
        {
            return false;
        }
        message = new TokenAck(sequence, route, position);
        return true;
    }
}
