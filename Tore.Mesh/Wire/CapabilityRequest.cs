using Tore.Mesh.Primitives;

namespace Tore.Mesh.Wire;

/// <summary>Asks for the records of nodes that a <see cref="CapabilitySummary"/> of the receiver listed.</summary>
/// <param name="Nodes">At most <see cref="Limits.CapabilityRequestNodes"/>.</param>
internal readonly record struct CapabilityRequest(IReadOnlyList<NodeId> Nodes) : IMessage<CapabilityRequest>
{
    /// <inheritdoc/>
    public static MessageType Type => MessageType.CapabilityRequest;

    /// <inheritdoc/>
    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(1);
        writer.WriteArrayHeader(Nodes.Count);
        for (int i = 0; i < Nodes.Count; i++)
        {
            writer.Write(Nodes[i]);
        }
    }

    /// <inheritdoc/>
    public static bool TryRead(ref MessagePackReader reader, out CapabilityRequest message)
    {
        message = default;
        if (!reader.TryReadFields(1, out int added) || !reader.TryReadArrayHeader(Limits.CapabilityRequestNodes, out int count))
        {
            return false;
        }
        var nodes = new NodeId[count];
        for (int i = 0; i < count; i++)
        {
            if (!reader.TryRead(out nodes[i]))
            {
                return false;
            }
        }
        message = new CapabilityRequest(nodes);
        return reader.TrySkip(added);
    }
}
