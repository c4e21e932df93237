using Tore.Mesh.Primitives;

namespace Tore.Mesh.Membership;

/// <summary>What the directory keeps of one control link.</summary>
internal sealed class PeerLink
{
    private TimeSpan _heardAt;
    private TimeSpan _pingedAt;
    private TimeSpan _retiredAt;
    private uint? _ping;

    /// <summary>A link that has just come to stand.</summary>
    public PeerLink(long number, NodeId peer, PeerAddress remote, TimeSpan now)
    {
        Number = number;
        Peer = peer;
        Remote = remote;
        OpenedAt = _heardAt = now;
        _pingedAt = now;
    }

    /// <summary>The shell's number for it.</summary>
    public long Number { get; }

    /// <summary>Who is at the other end.</summary>
    public NodeId Peer { get; }

    /// <summary>Where the other end is.</summary>
    public PeerAddress Remote { get; }

    /// <summary>When it stood.</summary>
    public TimeSpan OpenedAt { get; }

    /// <summary>Which start of the peer is at the other end; known once it is described.</summary>
    public ulong Start { get; set; }

    /// <summary>Whether the peer has said on it what it is.</summary>
    public bool IsDescribed { get; set; }

    /// <summary>Whether nothing new is to be sent on it.</summary>
    public bool IsRetired { get; private set; }

    /// <summary>Round-trip time of the last answered ping.</summary>
    public TimeSpan? RoundTrip { get; private set; }

    /// <summary>Something came in.</summary>
    public void Heard(TimeSpan now) => _heardAt = now;

    /// <summary>A ping went out.</summary>
    public void Pinged(uint number, TimeSpan now) => (_ping, _pingedAt) = (number, now);

    /// <summary>A pong came in; true when it answers the last ping.</summary>
    public bool Answered(uint number, TimeSpan now)
    {
        if (_ping != number)
        {
            return false;
        }
        _ping = null;
        RoundTrip = now - _pingedAt;
        return true;
    }

    /// <summary>Takes it out of use.</summary>
    public void Retire(TimeSpan now)
    {
        if (!IsRetired)
        {
            (IsRetired, _retiredAt) = (true, now);
        }
    }

    /// <summary>When something is to be done about it.</summary>
    public TimeSpan NextDue(PeerDirectoryOptions options)
    {
        TimeSpan end = End(options), ping = NextPing(options);
        return end < ping ? end : ping;
    }

    /// <summary>When to ping: a while after the last sign of life or ping, whichever is later.</summary>
    public TimeSpan NextPing(PeerDirectoryOptions options) =>
        IsRetired ? TimeSpan.MaxValue : (_heardAt > _pingedAt && RoundTrip is not null ? _heardAt : _pingedAt) + options.PingAfter;

    /// <summary>Whether it is to be closed.</summary>
    public bool IsExpired(PeerDirectoryOptions options, TimeSpan now) => End(options) <= now;

    private TimeSpan End(PeerDirectoryOptions options) =>
        IsRetired ? _retiredAt + options.RetiredLinkLimit : _heardAt + options.SilenceLimit;
}
