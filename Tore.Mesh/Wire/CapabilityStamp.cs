using Tore.Mesh.Primitives;

namespace Tore.Mesh.Wire;

/// <summary>Which record of a node the sender holds; part of <see cref="CapabilitySummary"/>.</summary>
/// <param name="Node">The author.</param>
/// <param name="Stamp">Which of its records.</param>
/// <param name="Hash">Of its body.</param>
internal readonly record struct CapabilityStamp(NodeId Node, RecordStamp Stamp, Digest Hash)
{
    /// <summary>Appends the value.</summary>
    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(4);
        writer.Write(Node);
        Stamp.Write(ref writer);
        writer.Write(Hash);
    }

    /// <summary>Reads the value.</summary>
    public static bool TryRead(ref MessagePackReader reader, out CapabilityStamp value)
    {
        value = default;
        if (!reader.TryReadFields(4, out int added)
            || !reader.TryRead(out NodeId node)
            || !RecordStamp.TryRead(ref reader, out RecordStamp stamp)
            || !reader.TryRead(out Digest hash)
            || !reader.TrySkip(added))
        {
            return false;
        }
        value = new CapabilityStamp(node, stamp, hash);
        return true;
    }
}
