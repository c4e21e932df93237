namespace Tore.Mesh.Wire;

/// <summary>Are you there?</summary>
/// <param name="Sequence">Echoed in the <see cref="Pong"/>.</param>
/// <param name="SentAtMicroseconds">The sender's clock, microseconds since 1970 UTC.</param>
internal readonly record struct Ping(uint Sequence, long SentAtMicroseconds) : IMessage<Ping>
{
    /// <inheritdoc/>
    public static MessageType Type => MessageType.Ping;

    /// <inheritdoc/>
    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(2);
        writer.Write(Sequence);
        writer.Write(SentAtMicroseconds);
    }

    /// <inheritdoc/>
    public static bool TryRead(ref MessagePackReader reader, out Ping message)
    {
        message = default;
        if (!reader.TryReadFields(2, out int added)
            || !reader.TryRead(out uint sequence)
            || !reader.TryRead(out long sentAt)
            || !reader.TrySkip(added))
        {
            return false;
        }
        message = new Ping(sequence, sentAt);
        return true;
    }
}
