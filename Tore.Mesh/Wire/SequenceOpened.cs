namespace Tore.Mesh.Wire;

/// <summary>The slot that <see cref="OpenSequence"/> asked for is granted.</summary>
internal readonly record struct SequenceOpened(uint Call) : IMessage<SequenceOpened>
{
    /// <inheritdoc/>
    public static MessageType Type => MessageType.SequenceOpened;

    /// <inheritdoc/>
    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(1);
        writer.Write(Call);
    }

    /// <inheritdoc/>
    public static bool TryRead(ref MessagePackReader reader, out SequenceOpened message)
    {
        message = default;
        if (!reader.TryReadFields(1, out int added) || !reader.TryRead(out uint call) || !reader.TrySkip(added))
        {
            return false;
        }
        message = new SequenceOpened(call);
        return true;
    }
}
