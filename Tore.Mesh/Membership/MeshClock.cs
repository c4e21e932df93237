using System.Runtime.InteropServices;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Membership;

/// <summary>
/// What time the mesh has: the median of what the clocks of the peers and the own one say, for windows and expiries. Fewer than half
/// of them lying, or standing wrong, leave it among the honest ones.
/// <para>
/// A pong shows a peer's clock at some moment between ping and pong; the middle is wrong by half the round trip at most. Every reading
/// is kept against this machine's monotonic clock, so that a jump of the own wall clock moves one voice and not all. Of a peer's
/// readings the one with the least possible error counts: half its round trip, and what the two clocks may have drifted since.
/// </para>
/// </summary>
internal sealed class MeshClock
{
    /// <summary>Parts per million by which two sound clocks drift apart, at worst; quartz has some 50.</summary>
    private const long DriftMillionths = 100;

    /// <summary>
    /// After this a reading counts no more: several rounds of probes through <see cref="Limits.ControlPeers"/> peers, even at three
    /// seconds a probe.
    /// </summary>
    public static readonly TimeSpan ReadingLife = TimeSpan.FromMinutes(15);

    /// <summary>Years 1970 to 9999; whatever else a peer says is no time.</summary>
    private const long UnixMicrosecondsMost = 253_402_300_799_999_999;

    /// <summary>Longest round trip that tells the time.</summary>
    private static readonly TimeSpan RoundTripMost = TimeSpan.FromSeconds(10);

    private readonly Dictionary<NodeId, Reading> _readings = [];
    private long[] _sorted = [];

    /// <summary>Peers whose clock was read, those included whose reading has expired since and was not yet dropped.</summary>
    public int Readings => _readings.Count;

    /// <summary>A ping was answered. False: the reading says nothing, or less than the one that is there.</summary>
    /// <param name="peer">Who answered.</param>
    /// <param name="roundTrip">How long that took.</param>
    /// <param name="peerUnixMicroseconds">Its clock as it answered.</param>
    /// <param name="now">When the answer was here.</param>
    public bool Observe(NodeId peer, TimeSpan roundTrip, long peerUnixMicroseconds, in Moment now)
    {
        if (roundTrip < TimeSpan.Zero || roundTrip > RoundTripMost || peerUnixMicroseconds is < 0 or > UnixMicrosecondsMost)
        {
            return false;
        }
        long elapsed = Microseconds(now.Elapsed), half = Microseconds(roundTrip) / 2;
        var reading = new Reading(peerUnixMicroseconds + half - elapsed, half, elapsed);
        ref Reading kept = ref CollectionsMarshal.GetValueRefOrAddDefault(_readings, peer, out bool exists);
        if (exists)
        {
            long error = kept.ErrorAt(elapsed);
            // Both cannot be right: the peer's clock was set meanwhile.
            bool wasSet = Math.Abs(reading.Anchor - kept.Anchor) > error + half;
            if (error < half && !wasSet && !kept.IsExpired(elapsed))
            {
                return false;
            }
        }
        kept = reading;
        return true;
    }

    /// <summary>Drops the reading of a peer that is gone.</summary>
    public void Forget(NodeId peer) => _readings.Remove(peer);

    /// <summary>What to add to this machine's wall clock to have the mesh's.</summary>
    public TimeSpan Offset(in Moment now)
    {
        long elapsed = Microseconds(now.Elapsed), own = now.UnixMicroseconds - elapsed;
        if (_sorted.Length <= _readings.Count)
        {
            _sorted = new long[2 * (_readings.Count + 1)];
        }
        int count = 0;
        _sorted[count++] = own;
        foreach ((NodeId peer, Reading reading) in _readings)
        {
            if (reading.IsExpired(elapsed))
            {
                _readings.Remove(peer);
            }
            else
            {
                _sorted[count++] = reading.Anchor;
            }
        }
        Array.Sort(_sorted, 0, count);
        long low = _sorted[(count - 1) / 2], high = _sorted[count / 2];
        return TimeSpan.FromMicroseconds(low - own + ((high - low) / 2));
    }

    /// <summary>The mesh's time: microseconds since 1970 UTC.</summary>
    public long UnixMicroseconds(in Moment now) => now.UnixMicroseconds + Microseconds(Offset(now));

    /// <summary>By how much a peer's clock is ahead of this machine's; null when it was not read lately.</summary>
    public TimeSpan? OffsetOf(NodeId peer, in Moment now)
    {
        long elapsed = Microseconds(now.Elapsed);
        return _readings.TryGetValue(peer, out Reading reading) && !reading.IsExpired(elapsed)
            ? TimeSpan.FromMicroseconds(reading.Anchor - (now.UnixMicroseconds - elapsed))
            : null;
    }

    private static long Microseconds(TimeSpan span) => span.Ticks / TimeSpan.TicksPerMicrosecond;

    /// <param name="Anchor">The peer's clock when this machine's monotonic one stood at zero.</param>
    /// <param name="Half">Half the round trip.</param>
    /// <param name="At">When, on the monotonic clock.</param>
    private readonly record struct Reading(long Anchor, long Half, long At)
    {
        public long ErrorAt(long elapsed) => Half + ((elapsed - At) * DriftMillionths / 1_000_000);

        public bool IsExpired(long elapsed) => elapsed - At > ReadingLife.Ticks / TimeSpan.TicksPerMicrosecond;
    }
}
