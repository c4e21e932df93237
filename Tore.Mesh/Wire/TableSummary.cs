using Tore.Mesh.Primitives;

namespace Tore.Mesh.Wire;

/// <summary>All living members of the sender's table, itself among them: the answer to a <see cref="TableDigest"/> that differs.</summary>
internal readonly record struct TableSummary(IReadOnlyList<SummaryEntry> Members) : IMessage<TableSummary>
{
    /// <inheritdoc/>
    public static MessageType Type => MessageType.TableSummary;

    /// <inheritdoc/>
    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(1);
        writer.WriteArrayHeader(Members.Count);
        for (int i = 0; i < Members.Count; i++)
        {
            Members[i].Write(ref writer);
        }
    }

    /// <inheritdoc/>
    public static bool TryRead(ref MessagePackReader reader, out TableSummary message)
    {
        message = default;
        if (!reader.TryReadFields(1, out int added) || !reader.TryReadArrayHeader(Limits.Members, out int count))
        {
            return false;
        }
        var members = new SummaryEntry[count];
        for (int i = 0; i < count; i++)
        {
            if (!SummaryEntry.TryRead(ref reader, out members[i]))
            {
                return false;
            }
        }
        message = new TableSummary(members);
        return reader.TrySkip(added);
    }
}
