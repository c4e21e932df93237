namespace Tore.Mesh.Wire;

/// <summary>The answer to a <see cref="Ping"/>.</summary>
/// <param name="Sequence">That of the ping.</param>
/// <param name="PingSentAtMicroseconds">That of the ping, so that the asker need remember nothing.</param>
/// <param name="SentAtMicroseconds">The answerer's clock, microseconds since 1970 UTC.</param>
internal readonly record struct Pong(uint Sequence, long PingSentAtMicroseconds, long SentAtMicroseconds) : IMessage<Pong>
{
    /// <inheritdoc/>
    public static MessageType Type => MessageType.Pong;

    /// <inheritdoc/>
    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(3);
        writer.Write(Sequence);
        writer.Write(PingSentAtMicroseconds);
        writer.Write(SentAtMicroseconds);
    }

    /// <inheritdoc/>
    public static bool TryRead(ref MessagePackReader reader, out Pong message)
    {
        message = default;
        if (!reader.TryReadFields(3, out int added)
            || !reader.TryRead(out uint sequence)
            || !reader.TryRead(out long pingSentAt)
            || !reader.TryRead(out long sentAt)
            || !reader.TrySkip(added))
        {
            return false;
        }
        message = new Pong(sequence, pingSentAt, sentAt);
        return true;
    }
}
