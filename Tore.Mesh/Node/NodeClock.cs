using Tore.Mesh.Primitives;

namespace Tore.Mesh.Node;

/// <summary>Reads a machine's two clocks for the cores.</summary>
internal sealed class NodeClock(TimeProvider time)
{
    /// <summary>Both clocks now.</summary>
    public Moment Now => new(Elapsed, (time.GetUtcNow() - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);

    /// <summary>The one that only moves forward.</summary>
    public TimeSpan Elapsed => time.GetElapsedTime(0);

    /// <summary>What the calendar said when the other clock read <paramref name="elapsed"/>, as the calendar stands now.</summary>
    public DateTimeOffset CalendarAt(TimeSpan elapsed) => time.GetUtcNow() - (Elapsed - elapsed);
}
