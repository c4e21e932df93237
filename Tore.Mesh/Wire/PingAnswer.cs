namespace Tore.Mesh.Wire;

/// <summary>
/// The answer to a <see cref="PingRequest"/>. The no matters: it tells the asker that its own ears work and the target is silent.
/// </summary>
/// <param name="Sequence">That of the request.</param>
/// <param name="Answered">Whether the target answered in time.</param>
internal readonly record struct PingAnswer(uint Sequence, bool Answered) : IMessage<PingAnswer>
{
    /// <inheritdoc/>
    public static MessageType Type => MessageType.PingAnswer;

    /// <inheritdoc/>
    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(2);
        writer.Write(Sequence);
        writer.Write(Answered);
    }

    /// <inheritdoc/>
    public static bool TryRead(ref MessagePackReader reader, out PingAnswer message)
    {
        message = default;
        if (!reader.TryReadFields(2, out int added)
            || !reader.TryRead(out uint sequence)
            || !reader.TryRead(out bool answered)
            || !reader.TrySkip(added))
        {
            return false;
        }
        message = new PingAnswer(sequence, answered);
        return true;
    }
}
