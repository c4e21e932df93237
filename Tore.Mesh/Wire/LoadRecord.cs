using Tore.Mesh.Primitives;

namespace Tore.Mesh.Wire;

/// <summary>
/// What changes all the time about a node, signed by it, apart from its <see cref="CapabilityRecord"/>: small, seldom, and in no digest.
/// </summary>
internal sealed class LoadRecord
{
    private LoadRecord(NodeId node, RecordStamp stamp, in SignedBody signed)
    {
        Node = node;
        Stamp = stamp;
        Signed = signed;
    }

    /// <summary>The author.</summary>
    public NodeId Node { get; }

    /// <summary>The capability record that the author had then.</summary>
    public RecordStamp Stamp { get; }

    /// <summary>Rises with every load of a start of the author.</summary>
    public ulong Number { get; private init; }

    /// <summary>Sequences that run on its stages.</summary>
    public int SlotsInUse { get; private init; }

    /// <summary>Requests that entered there and run.</summary>
    public int Running { get; private init; }

    /// <summary>Where it stands.</summary>
    public WireCoordinate Coordinate { get; private init; }

    /// <summary>As it came.</summary>
    public SignedBody Signed { get; }

    /// <summary>Whether it was written after <paramref name="other"/>.</summary>
    public bool IsNewerThan(LoadRecord other) => Stamp > other.Stamp || (Stamp == other.Stamp && Number > other.Number);

    /// <summary>Appends the body: what is to be signed.</summary>
    public static void WriteBody(
        ref MessagePackWriter writer, NodeId node, RecordStamp stamp, ulong number, int slotsInUse, int running, in WireCoordinate at)
    {
        writer.WriteArrayHeader(7);
        writer.Write(node);
        stamp.Write(ref writer);
        writer.Write(number);
        writer.Write(slotsInUse);
        writer.Write(running);
        at.Write(ref writer);
    }

    /// <summary>Reads a body; false for one that is none.</summary>
    public static bool TryParse(in SignedBody signed, out LoadRecord? record, out WireFailure failure)
    {
        var reader = new MessagePackReader(signed.Body.Span);
        record = null;
        if (reader.TryReadFields(7, out int added)
            && reader.TryRead(out NodeId node)
            && RecordStamp.TryRead(ref reader, out RecordStamp stamp)
            && reader.TryRead(out ulong number)
            && reader.TryReadCount(out int slotsInUse)
            && reader.TryReadCount(out int running)
            && WireCoordinate.TryRead(ref reader, out WireCoordinate at)
            && reader.TrySkip(added)
            && (reader.Remaining == 0 || reader.Refuse(WireFailure.Malformed)))
        {
            record = new LoadRecord(node, stamp, signed)
            {
                Number = number,
                SlotsInUse = slotsInUse,
                Running = running,
                Coordinate = at,
            };
        }
        failure = reader.Failure;
        return record is not null;
    }

    /// <summary>Reads a record.</summary>
    public static bool TryRead(ref MessagePackReader reader, out LoadRecord? record)
    {
        record = null;
        return SignedBody.TryRead(ref reader, Limits.LoadRecordBytes, out SignedBody signed)
            && (TryParse(signed, out record, out WireFailure failure) || reader.Refuse(failure));
    }
}
