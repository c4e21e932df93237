using Tore.Mesh.Primitives;

namespace Tore.Mesh.Wire;

/// <summary>News of members.</summary>
internal readonly record struct Gossip(IReadOnlyList<MemberUpdate> Updates) : IMessage<Gossip>
{
    /// <inheritdoc/>
    public static MessageType Type => MessageType.Gossip;

    /// <inheritdoc/>
    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(1);
        MemberUpdate.WriteAll(ref writer, Updates);
    }

    /// <inheritdoc/>
    public static bool TryRead(ref MessagePackReader reader, out Gossip message)
    {
        message = default;
        if (!reader.TryReadFields(1, out int added)
            || !MemberUpdate.TryReadAll(ref reader, Limits.MessageUpdates, out MemberUpdate[] updates)
            || !reader.TrySkip(added))
        {
            return false;
        }
        message = new Gossip(updates);
        return true;
    }
}
