using Tore.Mesh.Primitives;

namespace Tore.Mesh.Wire;

/// <summary>
/// A node that the sender knows, and where it listens; part of <see cref="Peers"/>. A hint: the dialler checks who answers.
/// </summary>
internal readonly record struct KnownPeer(NodeId Node, IReadOnlyList<string> Addresses)
{
    /// <summary>Appends the value.</summary>
    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(2);
        writer.Write(Node);
        writer.Write(Addresses);
    }

    /// <summary>Reads the value.</summary>
    public static bool TryRead(ref MessagePackReader reader, out KnownPeer value)
    {
        value = default;
        if (!reader.TryReadFields(2, out int added)
            || !reader.TryRead(out NodeId node)
            || !reader.TryRead(Limits.WireAddresses, Limits.WireNameBytes, out string[] addresses)
            || !reader.TrySkip(added))
        {
            return false;
        }
        value = new KnownPeer(node, addresses);
        return true;
    }
}
