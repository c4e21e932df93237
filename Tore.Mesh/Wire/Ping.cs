using Tore.Mesh.Primitives;

namespace Tore.Mesh.Wire;

/// <summary>Are you there? With news of members, among it what is said of the receiver.</summary>
/// <param name="Sequence">Echoed in the <see cref="Pong"/>.</param>
/// <param name="SentAtMicroseconds">The sender's clock, microseconds since 1970 UTC.</param>
internal readonly record struct Ping(uint Sequence, long SentAtMicroseconds) : IMessage<Ping>
{
    /// <summary>Where the sender is in the network; null while it does not know.</summary>
    public WireCoordinate? Coordinate { get; init; }

    /// <summary>News.</summary>
    public IReadOnlyList<MemberUpdate> Updates { get; init; } = [];

    /// <inheritdoc/>
    public static MessageType Type => MessageType.Ping;

    /// <inheritdoc/>
    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(4);
        writer.Write(Sequence);
        writer.Write(SentAtMicroseconds);
        WireCoordinate.WriteOptional(ref writer, Coordinate);
        MemberUpdate.WriteAll(ref writer, Updates);
    }

    /// <inheritdoc/>
    public static bool TryRead(ref MessagePackReader reader, out Ping message)
    {
        message = default;
        if (!reader.TryReadFields(4, out int added)
            || !reader.TryRead(out uint sequence)
            || !reader.TryRead(out long sentAt)
            || !WireCoordinate.TryReadOptional(ref reader, out WireCoordinate? coordinate)
            || !MemberUpdate.TryReadAll(ref reader, Limits.PingUpdates, out MemberUpdate[] updates)
            || !reader.TrySkip(added))
        {
            return false;
        }
        message = new Ping(sequence, sentAt) { Coordinate = coordinate, Updates = updates };
        return true;
    }
}
