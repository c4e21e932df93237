using Tore.Mesh.Primitives;

namespace Tore.Mesh.Wire;

/// <summary>The nodes that the sender knows: with every <see cref="NodeInfo"/>, so that every pair links and one seed is enough.</summary>
internal readonly record struct Peers(IReadOnlyList<KnownPeer> Known) : IMessage<Peers>
{
    /// <inheritdoc/>
    public static MessageType Type => MessageType.Peers;

    /// <inheritdoc/>
    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(1);
        writer.WriteArrayHeader(Known.Count);
        for (int i = 0; i < Known.Count; i++)
        {
            Known[i].Write(ref writer);
        }
    }

    /// <inheritdoc/>
    public static bool TryRead(ref MessagePackReader reader, out Peers message)
    {
        message = default;
        if (!reader.TryReadFields(1, out int added) || !reader.TryReadArrayHeader(Limits.WirePeers, out int count))
        {
            return false;
        }
        var known = new KnownPeer[count];
        for (int i = 0; i < count; i++)
        {
            if (!KnownPeer.TryRead(ref reader, out known[i]))
            {
                return false;
            }
        }
        message = new Peers(known);
        return reader.TrySkip(added);
    }
}
