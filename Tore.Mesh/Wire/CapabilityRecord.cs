using Tore.Mesh.Primitives;

namespace Tore.Mesh.Wire;

/// <summary>
/// What a node can do, in its own signed words. Passed on as it came, so that a newer writer's fields and the signature live on.
/// Reading proves nothing: all of it is worth what the signature is worth.
/// </summary>
internal sealed class CapabilityRecord
{
    private CapabilityRecord(NodeId node, RecordStamp stamp, in NodeInfo info, in SignedBody signed)
    {
        Node = node;
        Stamp = stamp;
        Info = info;
        Signed = signed;
        Hash = Digest.Of(signed.Body.Span);
    }

    /// <summary>The author.</summary>
    public NodeId Node { get; }

    /// <summary>Which of its records.</summary>
    public RecordStamp Stamp { get; }

    /// <summary>What it says.</summary>
    public NodeInfo Info { get; }

    /// <summary>As it came.</summary>
    public SignedBody Signed { get; }

    /// <summary>Of the body alone: signatures differ each time one is made.</summary>
    public Digest Hash { get; }

    /// <summary>Appends the body: what is to be signed.</summary>
    public static void WriteBody(ref MessagePackWriter writer, NodeId node, RecordStamp stamp, in NodeInfo info)
    {
        writer.WriteArrayHeader(4);
        writer.Write(node);
        stamp.Write(ref writer);
        info.WriteCapabilities(ref writer);
    }

    /// <summary>Reads a body; false for one that is none.</summary>
    public static bool TryParse(in SignedBody signed, out CapabilityRecord? record, out WireFailure failure)
    {
        var reader = new MessagePackReader(signed.Body.Span);
        record = null;
        if (reader.TryReadFields(4, out int added)
            && reader.TryRead(out NodeId node)
            && RecordStamp.TryRead(ref reader, out RecordStamp stamp)
            && NodeInfo.TryReadCapabilities(ref reader, node, out NodeInfo info)
            && reader.TrySkip(added)
            && (reader.Remaining == 0 || reader.Refuse(WireFailure.Malformed)))
        {
            record = new CapabilityRecord(node, stamp, info, signed);
        }
        failure = reader.Failure;
        return record is not null;
    }

    /// <summary>Reads a record.</summary>
    public static bool TryRead(ref MessagePackReader reader, out CapabilityRecord? record)
    {
        record = null;
        return SignedBody.TryRead(ref reader, Limits.CapabilityRecordBytes, out SignedBody signed)
            && (TryParse(signed, out record, out WireFailure failure) || reader.Refuse(failure));
    }
}
