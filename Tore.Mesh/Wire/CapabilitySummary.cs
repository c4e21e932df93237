using Tore.Mesh.Primitives;

namespace Tore.Mesh.Wire;

/// <summary>
/// Which records the sender holds of the nodes within a range of ids: the answer to a <see cref="CapabilityDigest"/>, in as many
/// messages as it takes; or what the other side of such an answer has better, to be asked for.
/// </summary>
/// <param name="IsOffer">Only what the receiver lacks; nothing follows from what is not listed, and nothing is offered in return.</param>
/// <param name="After">The range begins with the next id.</param>
/// <param name="Last">The last id of the range.</param>
/// <param name="Entries">By id, rising; at most <see cref="Limits.CapabilitySummaryEntries"/>.</param>
internal readonly record struct CapabilitySummary(bool IsOffer, NodeId After, NodeId Last, IReadOnlyList<CapabilityStamp> Entries)
    : IMessage<CapabilitySummary>
{
    /// <inheritdoc/>
    public static MessageType Type => MessageType.CapabilitySummary;

    /// <inheritdoc/>
    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(4);
        writer.Write(IsOffer);
        writer.Write(After);
        writer.Write(Last);
        writer.WriteArrayHeader(Entries.Count);
        for (int i = 0; i < Entries.Count; i++)
        {
            Entries[i].Write(ref writer);
        }
    }

    /// <inheritdoc/>
    public static bool TryRead(ref MessagePackReader reader, out CapabilitySummary message)
    {
        message = default;
        if (!reader.TryReadFields(4, out int added)
            || !reader.TryRead(out bool isOffer)
            || !reader.TryRead(out NodeId after)
            || !reader.TryRead(out NodeId last)
            || !reader.TryReadArrayHeader(Limits.CapabilitySummaryEntries, out int count))
        {
            return false;
        }
        var entries = new CapabilityStamp[count];
        for (int i = 0; i < count; i++)
        {
            if (!CapabilityStamp.TryRead(ref reader, out entries[i]))
            {
                return false;
            }
            NodeId node = entries[i].Node;
            if (node <= after || node > last || (i > 0 && node <= entries[i - 1].Node))
            {
                return reader.Refuse(WireFailure.Malformed);
            }
        }
        message = new CapabilitySummary(isOffer, after, last, entries);
        return reader.TrySkip(added);
    }
}
