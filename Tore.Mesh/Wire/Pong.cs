using Tore.Mesh.Primitives;

namespace Tore.Mesh.Wire;

/// <summary>The answer to a <see cref="Ping"/>, with news as there.</summary>
/// <param name="Sequence">That of the ping.</param>
/// <param name="PingSentAtMicroseconds">That of the ping.</param>
/// <param name="SentAtMicroseconds">The answerer's clock, microseconds since 1970 UTC.</param>
internal readonly record struct Pong(uint Sequence, long PingSentAtMicroseconds, long SentAtMicroseconds) : IMessage<Pong>
{
    /// <summary>Where the answerer is in the network; null while it does not know.</summary>
    public WireCoordinate? Coordinate { get; init; }

    /// <summary>News.</summary>
    public IReadOnlyList<MemberUpdate> Updates { get; init; } = [];

    /// <inheritdoc/>
    public static MessageType Type => MessageType.Pong;

    /// <inheritdoc/>
    public void Write(ref MessagePackWriter writer)
    {
        writer.WriteArrayHeader(5);
        writer.Write(Sequence);
        writer.Write(PingSentAtMicroseconds);
        writer.Write(SentAtMicroseconds);
        WireCoordinate.WriteOptional(ref writer, Coordinate);
        MemberUpdate.WriteAll(ref writer, Updates);
    }

    /// <inheritdoc/>
    public static bool TryRead(ref MessagePackReader reader, out Pong message)
    {
        message = default;
        if (!reader.TryReadFields(5, out int added)
            || !reader.TryRead(out uint sequence)
            || !reader.TryRead(out long pingSentAt)
            || !reader.TryRead(out long sentAt)
            || !WireCoordinate.TryReadOptional(ref reader, out WireCoordinate? coordinate)
            || !MemberUpdate.TryReadAll(ref reader, Limits.PingUpdates, out MemberUpdate[] updates)
            || !reader.TrySkip(added))
        {
            return false;
        }
        message = new Pong(sequence, pingSentAt, sentAt) { Coordinate = coordinate, Updates = updates };
        return true;
    }
}
