using Tore.Mesh.Primitives;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Membership.Swim;

/// <summary>
/// Sends pings and takes pongs. Both carry news; to a suspect, first of all that it is suspected (Lifeguard's buddy system); and what
/// coordinate and mesh clock are made of.
/// </summary>
internal sealed class Pings
{
    private readonly MembershipContext _context;
    private readonly GossipQueue _queue;
    private readonly Dictionary<uint, SentPing> _sent = [];
    private uint _sequence;

    /// <summary>Makes a sender whose numbers begin anywhere, so that those of an earlier start do not fit.</summary>
    public Pings(MembershipContext context, GossipQueue queue)
    {
        _context = context;
        _queue = queue;
        _sequence = (uint)context.Random.NextInt64(uint.MaxValue);
        Coordinate = new NetworkCoordinate(context.Random);
    }

    /// <summary>Where this node is in the network.</summary>
    public NetworkCoordinate Coordinate { get; }

    /// <summary>The mesh's time.</summary>
    public MeshClock MeshClock { get; } = new();

    /// <summary>A number for a probe.</summary>
    public uint NewSequence() => unchecked(++_sequence);

    /// <summary>Sends a ping over the link with a member; what becomes of it shows.</summary>
    public void Send(uint sequence, Member target, PingPurpose purpose)
    {
        Moment now = _context.Clock.Moment;
        _sent[sequence] = new SentPing(target, purpose, _context.Clock.Now, now.Elapsed, _context.Clock.Stalls);
        _context.Effects.TrySend(target.Id, new Ping(sequence, now.UnixMicroseconds)
        {
            Coordinate = OwnCoordinate,
            Updates = NewsFor(target),
        });
    }

    /// <summary>Nobody waits for the answer any more.</summary>
    public void Forget(uint sequence) => _sent.Remove(sequence);

    /// <summary>Answers a ping.</summary>
    public void OnPing(Member from, in Ping ping)
    {
        from.Coordinate = ping.Coordinate ?? from.Coordinate;
        _context.Effects.TrySend(from.Id, new Pong(ping.Sequence, ping.SentAtMicroseconds, _context.Clock.Moment.UnixMicroseconds)
        {
            Coordinate = OwnCoordinate,
            Updates = NewsFor(from),
        });
    }

    /// <summary>Takes a pong; false where no ping to that peer waits for it.</summary>
    public bool OnPong(Member from, in Pong pong, out SentPing ping)
    {
        if (!_sent.TryGetValue(pong.Sequence, out ping) || ping.Target != from)
        {
            return false;
        }
        _sent.Remove(pong.Sequence);
        from.Coordinate = pong.Coordinate ?? from.Coordinate;
        if (ping.Stalls == _context.Clock.Stalls)
        {
            Moment now = _context.Clock.Moment;
            TimeSpan roundTrip = now.Elapsed - ping.SentAtElapsed;
            from.RoundTrip = roundTrip;
            MeshClock.Observe(from.Id, roundTrip, pong.SentAtMicroseconds, now);
            if (pong.Coordinate is { } coordinate)
            {
                Coordinate.Observe(from.Id, coordinate, roundTrip);
            }
        }
        return true;
    }

    private WireCoordinate? OwnCoordinate => Coordinate.Value is { Error: < 1 } known ? known : null;

    private MemberUpdate[] NewsFor(Member receiver)
    {
        MemberUpdate[] news = _queue.Take(Limits.PingUpdateBytes, Limits.PingUpdates - 1, receivers: 1);
        return _context.Options.BuddyRefutation && receiver.Accusation(_context.Self) is { } accusation ? [accusation, .. news] : news;
    }
}
