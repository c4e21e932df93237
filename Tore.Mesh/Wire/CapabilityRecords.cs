using Tore.Mesh.Primitives;

namespace Tore.Mesh.Wire;

/// <summary>What nodes can do and how busy they are: an author's news, news passed on, or the answer to a request.</summary>
/// <param name="Records">At most <see cref="Limits.CapabilityMessageRecords"/>.</param>
/// <param name="Loads">As many.</param>
internal readonly record struct CapabilityRecords(IReadOnlyList<CapabilityRecord> Records, IReadOnlyList<LoadRecord> Loads)
    : IMessage<CapabilityRecords>
{
    /// <inheritdoc/>
    public static MessageType Type => MessageType.CapabilityRecords;

    /// <inheritdoc/>
    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(2);
        writer.WriteArrayHeader(Records.Count);
        for (int i = 0; i < Records.Count; i++)
        {
            Records[i].Signed.Write(ref writer);
        }
        writer.WriteArrayHeader(Loads.Count);
        for (int i = 0; i < Loads.Count; i++)
        {
            Loads[i].Signed.Write(ref writer);
        }
    }

    /// <inheritdoc/>
    public static bool TryRead(ref MessagePackReader reader, out CapabilityRecords message)
    {
        message = default;
        if (!reader.TryReadFields(2, out int added) || !reader.TryReadArrayHeader(Limits.CapabilityMessageRecords, out int count))
        {
            return false;
        }
        var records = new CapabilityRecord[count];
        for (int i = 0; i < count; i++)
        {
            if (!CapabilityRecord.TryRead(ref reader, out CapabilityRecord? record))
            {
                return false;
            }
            records[i] = record!;
        }
        if (!reader.TryReadArrayHeader(Limits.CapabilityMessageRecords, out count))
        {
            return false;
        }
        var loads = new LoadRecord[count];
        for (int i = 0; i < count; i++)
        {
            if (!LoadRecord.TryRead(ref reader, out LoadRecord? load))
            {
                return false;
            }
            loads[i] = load!;
        }
        message = new CapabilityRecords(records, loads);
        return reader.TrySkip(added);
    }
}
