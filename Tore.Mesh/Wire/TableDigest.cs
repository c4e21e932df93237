namespace Tore.Mesh.Wire;

/// <summary>
/// The start of a push-pull: what the sender's table of living members adds up to. Who has the same stays silent; who has not
/// answers with its <see cref="TableSummary"/>.
/// </summary>
/// <param name="Digest">Of ids and incarnations; leaves out suspicion and tombstones.</param>
/// <param name="Count">Members that it covers, the sender among them.</param>
internal readonly record struct TableDigest(ulong Digest, int Count) : IMessage<TableDigest>
{
    /// <inheritdoc/>
    public static MessageType Type => MessageType.TableDigest;

    /// <inheritdoc/>
    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(2);
        writer.Write(Digest);
        writer.Write(Count);
    }

    /// <inheritdoc/>
    public static bool TryRead(ref MessagePackReader reader, out TableDigest message)
    {
        message = default;
        if (!reader.TryReadFields(2, out int added)
            || !reader.TryRead(out ulong digest)
            || !reader.TryReadCount(out int count)
            || !reader.TrySkip(added))
        {
            return false;
        }
        message = new TableDigest(digest, count);
        return true;
    }
}
