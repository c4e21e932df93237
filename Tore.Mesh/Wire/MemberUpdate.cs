using Tore.Mesh.Primitives;

namespace Tore.Mesh.Wire;

/// <summary>One piece of news about a member; part of pings, pongs, gossip and table entries.</summary>
internal readonly record struct MemberUpdate
{
    private MemberUpdate(MemberUpdateKind kind, MemberRecord? record, NodeId node, ulong incarnation, NodeId accuser)
    {
        Kind = kind;
        Record = record;
        Node = node;
        Incarnation = incarnation;
        Accuser = accuser;
    }

    /// <summary>What is said.</summary>
    public MemberUpdateKind Kind { get; }

    /// <summary>The member's own word, where that is what is said; otherwise null.</summary>
    public MemberRecord? Record { get; }

    /// <summary>The member.</summary>
    public NodeId Node { get; }

    /// <summary>The incarnation that it is said of.</summary>
    public ulong Incarnation { get; }

    /// <summary>Who says it first hand, as the sender has it; nothing proves it. Not of a record.</summary>
    public NodeId Accuser { get; }

    /// <summary>A member's own word.</summary>
    public static MemberUpdate Of(MemberRecord record) =>
        new(MemberUpdateKind.Record, record, record.Node, record.Incarnation, default);

    /// <summary>Somebody's probes were not answered.</summary>
    public static MemberUpdate Suspect(NodeId node, ulong incarnation, NodeId accuser) =>
        new(MemberUpdateKind.Suspect, null, node, incarnation, accuser);

    /// <summary>Somebody holds it to be dead.</summary>
    public static MemberUpdate Dead(NodeId node, ulong incarnation, NodeId accuser) =>
        new(MemberUpdateKind.Dead, null, node, incarnation, accuser);

    /// <summary>Bytes on the wire, at most: for a sender that fills a message up to a size.</summary>
    public int BytesMax => Record is { } record ? record.Body.Length + record.Signature.Length + 8 : 48;

    /// <summary>Appends the value.</summary>
    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(Record is null ? 4 : 3);
        writer.Write((int)Kind);
        if (Record is { } record)
        {
            record.Write(ref writer);
            return;
        }
        writer.Write(Node);
        writer.Write(Incarnation);
        writer.Write(Accuser);
    }

    /// <summary>Reads the value.</summary>
    public static bool TryRead(ref MessagePackReader reader, out MemberUpdate value)
    {
        value = default;
        if (!reader.TryReadArrayHeader(int.MaxValue, out int count) || !reader.TryReadCount(out int kind))
        {
            return false;
        }
        if (kind == (int)MemberUpdateKind.Record)
        {
            if (!MemberRecord.TryRead(ref reader, out MemberRecord? record))
            {
                return false;
            }
            value = Of(record!);
            return SkipAdded(ref reader, count - 3);
        }
        if (kind is not ((int)MemberUpdateKind.Suspect or (int)MemberUpdateKind.Dead))
        {
            return reader.Refuse(WireFailure.Malformed);
        }
        if (!reader.TryRead(out NodeId node) || !reader.TryRead(out ulong incarnation) || !reader.TryRead(out NodeId accuser))
        {
            return false;
        }
        value = new MemberUpdate((MemberUpdateKind)kind, null, node, incarnation, accuser);
        return SkipAdded(ref reader, count - 4);
    }

    /// <summary>Appends a list; null is an empty one.</summary>
    public static void WriteAll(ref MessagePackWriter writer, IReadOnlyList<MemberUpdate>? updates)
    {
        int count = updates?.Count ?? 0;
        writer.WriteArrayHeader(count);
        for (int i = 0; i < count; i++)
        {
            updates![i].Write(ref writer);
        }
    }

    /// <summary>Reads a list of at most <paramref name="countMax"/>.</summary>
    public static bool TryReadAll(ref MessagePackReader reader, int countMax, out MemberUpdate[] updates)
    {
        updates = [];
        if (!reader.TryReadArrayHeader(countMax, out int count))
        {
            return false;
        }
        if (count > 0)
        {
            updates = new MemberUpdate[count];
        }
        for (int i = 0; i < count; i++)
        {
            if (!TryRead(ref reader, out updates[i]))
            {
                return false;
            }
        }
        return true;
    }

    private static bool SkipAdded(ref MessagePackReader reader, int added) =>
        added >= 0 ? reader.TrySkip(added) : reader.Refuse(WireFailure.Malformed);
}
