namespace Tore.Mesh.Wire;

/// <summary>The dialler's first frame after the proofs: what the link is for.</summary>
internal readonly record struct LinkOpen(LinkKind Kind) : IMessage<LinkOpen>
{
    /// <inheritdoc/>
    public static MessageType Type => MessageType.LinkOpen;

    /// <inheritdoc/>
    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(1);
        writer.Write((int)Kind);
    }

    /// <inheritdoc/>
    public static bool TryRead(ref MessagePackReader reader, out LinkOpen message)
    {
        message = default;
        if (!reader.TryReadFields(1, out int added) || !reader.TryReadLinkKind(out LinkKind kind) || !reader.TrySkip(added))
        {
            return false;
        }
        message = new LinkOpen(kind);
        return true;
    }
}
