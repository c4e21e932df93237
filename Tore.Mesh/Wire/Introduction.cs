namespace Tore.Mesh.Wire;

/// <summary>The sender's own member record: its first message on a control link, and nobody else's.</summary>
internal readonly record struct Introduction(MemberRecord Record) : IMessage<Introduction>
{
    /// <inheritdoc/>
    public static MessageType Type => MessageType.Introduction;

    /// <inheritdoc/>
    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(2);
        Record.Write(ref writer);
    }

    /// <inheritdoc/>
    public static bool TryRead(ref MessagePackReader reader, out Introduction message)
    {
        message = default;
        if (!reader.TryReadFields(2, out int added)
            || !MemberRecord.TryRead(ref reader, out MemberRecord? record)
            || !reader.TrySkip(added))
        {
            return false;
        }
        message = new Introduction(record!);
        return true;
    }
}
