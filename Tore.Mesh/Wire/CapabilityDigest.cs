using Tore.Mesh.Primitives;

namespace Tore.Mesh.Wire;

/// <summary>
/// All records of the sender in one hash. Whoever holds others answers with a <see cref="CapabilitySummary"/>; equal ones need no answer.
/// </summary>
internal readonly record struct CapabilityDigest(Digest Digest) : IMessage<CapabilityDigest>
{
    /// <inheritdoc/>
    public static MessageType Type => MessageType.CapabilityDigest;

    /// <inheritdoc/>
    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(1);
        writer.Write(Digest);
    }

    /// <inheritdoc/>
    public static bool TryRead(ref MessagePackReader reader, out CapabilityDigest message)
    {
        message = default;
        if (!reader.TryReadFields(1, out int added) || !reader.TryRead(out Digest digest) || !reader.TrySkip(added))
        {
            return false;
        }
        message = new CapabilityDigest(digest);
        return true;
    }
}
