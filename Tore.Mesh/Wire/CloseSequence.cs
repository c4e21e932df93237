namespace Tore.Mesh.Wire;

/// <summary>The request is over, done or cancelled: the stage frees its slot and KV within one step. Unknown ones are no error.</summary>
internal readonly record struct CloseSequence(Guid Sequence, uint Route) : IMessage<CloseSequence>
{
    /// <inheritdoc/>
    public static MessageType Type => MessageType.CloseSequence;

    /// <inheritdoc/>
    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(2);
        writer.Write(Sequence);
        writer.Write(Route);
    }

    /// <inheritdoc/>
    public static bool TryRead(ref MessagePackReader reader, out CloseSequence message)
    {
        message = default;
        if (!reader.TryReadFields(2, out int added)
            || !reader.TryRead(out Guid sequence)
            || !reader.TryRead(out uint route)
            || !reader.TrySkip(added))
        {
            return false;
        }
        message = new CloseSequence(sequence, route);
        return true;
    }
}
