using Tore.Mesh.Primitives;

namespace Tore.Mesh.Wire;

/// <summary>
/// What one side of a push-pull has and the other lacks, and of whom it lacks the record itself; that is answered by further entries.
/// </summary>
/// <param name="Updates">Records, and who of the other's living members is dead here.</param>
/// <param name="Wanted">Members whose newer records the other side has.</param>
internal readonly record struct TableEntries(IReadOnlyList<MemberUpdate> Updates, IReadOnlyList<NodeId> Wanted) : IMessage<TableEntries>
{
    /// <inheritdoc/>
    public static MessageType Type => MessageType.TableEntries;

    /// <inheritdoc/>
    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(2);
        MemberUpdate.WriteAll(ref writer, Updates);
        writer.WriteArrayHeader(Wanted.Count);
        for (int i = 0; i < Wanted.Count; i++)
        {
            writer.Write(Wanted[i]);
        }
    }

    /// <inheritdoc/>
    public static bool TryRead(ref MessagePackReader reader, out TableEntries message)
    {
        message = default;
        if (!reader.TryReadFields(2, out int added)
            || !MemberUpdate.TryReadAll(ref reader, Limits.MessageUpdates, out MemberUpdate[] updates)
            || !reader.TryReadArrayHeader(Limits.Members, out int count))
        {
            return false;
        }
        var wanted = new NodeId[count];
        for (int i = 0; i < count; i++)
        {
            if (!reader.TryRead(out wanted[i]))
            {
                return false;
            }
        }
        message = new TableEntries(updates, wanted);
        return reader.TrySkip(added);
    }
}
