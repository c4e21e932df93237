namespace Tore.Mesh.Wire;

/// <summary>
/// The slot that <see cref="OpenSequence"/> asked for is granted; or the stage is ready for what <see cref="StartSequence"/> told.
/// </summary>
/// <param name="Call">That of the question.</param>
/// <param name="WaitingRowsMax">Rows of one request that may wait at this stage: nobody sends further ahead.</param>
internal readonly record struct SequenceOpened(uint Call, int WaitingRowsMax) : IMessage<SequenceOpened>
{
    /// <inheritdoc/>
    public static MessageType Type => MessageType.SequenceOpened;

    /// <inheritdoc/>
    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(2);
        writer.Write(Call);
        writer.Write(WaitingRowsMax);
    }

    /// <inheritdoc/>
    public static bool TryRead(ref MessagePackReader reader, out SequenceOpened message)
    {
        message = default;
        if (!reader.TryReadFields(2, out int added)
            || !reader.TryRead(out uint call)
            || !reader.TryReadCount(out int waitingRowsMax)
            || !reader.TrySkip(added))
        {
            return false;
        }
        message = new SequenceOpened(call, waitingRowsMax);
        return true;
    }
}
