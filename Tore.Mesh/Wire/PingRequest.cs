using Tore.Mesh.Primitives;

namespace Tore.Mesh.Wire;

/// <summary>Probe this member for me: I got no answer. Answered by one <see cref="PingAnswer"/>, yes or no.</summary>
/// <param name="Sequence">Echoed in the answer.</param>
/// <param name="Target">The member.</param>
internal readonly record struct PingRequest(uint Sequence, NodeId Target) : IMessage<PingRequest>
{
    /// <inheritdoc/>
    public static MessageType Type => MessageType.PingRequest;

    /// <inheritdoc/>
    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(2);
        writer.Write(Sequence);
        writer.Write(Target);
    }

    /// <inheritdoc/>
    public static bool TryRead(ref MessagePackReader reader, out PingRequest message)
    {
        message = default;
        if (!reader.TryReadFields(2, out int added)
            || !reader.TryRead(out uint sequence)
            || !reader.TryRead(out NodeId target)
            || !reader.TrySkip(added))
        {
            return false;
        }
        message = new PingRequest(sequence, target);
        return true;
    }
}
