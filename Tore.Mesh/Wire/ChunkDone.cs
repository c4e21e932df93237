namespace Tore.Mesh.Wire;

/// <summary>A stage has run all positions before this one, so that the sender of prompt chunks may send the next.</summary>
/// <param name="Sequence">The request.</param>
/// <param name="Route">Its route.</param>
/// <param name="Position">The first position not yet run.</param>
internal readonly record struct ChunkDone(Guid Sequence, uint Route, int Position) : IMessage<ChunkDone>
{
    /// <inheritdoc/>
    public static MessageType Type => MessageType.ChunkDone;

    /// <inheritdoc/>
    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(3);
        writer.Write(Sequence);
        writer.Write(Route);
        writer.Write(Position);
    }

    /// <inheritdoc/>
    public static bool TryRead(ref MessagePackReader reader, out ChunkDone message)
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
        message = new ChunkDone(sequence, route, position);
        return true;
    }
}
