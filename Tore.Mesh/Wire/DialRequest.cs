using Tore.Mesh.Primitives;

namespace Tore.Mesh.Wire;

/// <summary>Please dial me: the sender needs a link of this kind and cannot dial the receiver (NAT).</summary>
internal readonly record struct DialRequest(LinkKind Kind, IReadOnlyList<string> Addresses) : IMessage<DialRequest>
{
    /// <inheritdoc/>
    public static MessageType Type => MessageType.DialRequest;

    /// <inheritdoc/>
    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(2);
        writer.Write((int)Kind);
        writer.Write(Addresses);
    }

    /// <inheritdoc/>
    public static bool TryRead(ref MessagePackReader reader, out DialRequest message)
    {
        message = default;
        if (!reader.TryReadFields(2, out int added)
            || !reader.TryReadLinkKind(out LinkKind kind)
            || !reader.TryRead(Limits.WireAddresses, Limits.WireNameBytes, out string[] addresses)
            || !reader.TrySkip(added))
        {
            return false;
        }
        message = new DialRequest(kind, addresses);
        return true;
    }
}
