using Tore.Mesh.Primitives;

namespace Tore.Mesh.Wire;

/// <summary>A member that lives in the sender's table; part of <see cref="TableSummary"/>.</summary>
internal readonly record struct SummaryEntry(NodeId Node, ulong Incarnation)
{
    /// <summary>Appends the value.</summary>
    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(2);
        writer.Write(Node);
        writer.Write(Incarnation);
    }

    /// <summary>Reads the value.</summary>
    public static bool TryRead(ref MessagePackReader reader, out SummaryEntry value)
    {
        value = default;
        if (!reader.TryReadFields(2, out int added)
            || !reader.TryRead(out NodeId node)
            || !reader.TryRead(out ulong incarnation)
            || !reader.TrySkip(added))
        {
            return false;
        }
        value = new SummaryEntry(node, incarnation);
        return true;
    }
}
