namespace Tore.Mesh.Membership.Mdns;

/// <summary>One record that was heard, until its lifetime ends; asked for again four times before that (RFC 6762 §5.2).</summary>
internal sealed class MdnsCached
{
    private const int Questions = 4;
    private static readonly TimeSpan LongestLifetime = TimeSpan.FromSeconds(2 * MdnsRecords.OtherLifetimeSeconds);

    private readonly TimeSpan _lifetime;
    private readonly double _spread;
    private int _asked;

    /// <summary>Keeps a record.</summary>
    /// <param name="record">What was heard.</param>
    /// <param name="owner">The instance or host that it belongs to.</param>
    /// <param name="now">The time.</param>
    /// <param name="spread">0 to 1: so that not everybody asks at the same moment.</param>
    public MdnsCached(DnsRecord record, object owner, TimeSpan now, double spread)
    {
        Record = record;
        Owner = owner;
        HeardAt = now;
        TimeSpan told = TimeSpan.FromSeconds(record.LifetimeSeconds);
        _lifetime = told < LongestLifetime ? told : LongestLifetime;
        _spread = spread;
        Ends = now + _lifetime;
        if (record.LifetimeSeconds == 0)
        {
            EndSoon(now);
        }
    }

    /// <summary>What was heard.</summary>
    public DnsRecord Record { get; }

    /// <summary>The instance or host that it belongs to.</summary>
    public object Owner { get; }

    /// <summary>When it was heard.</summary>
    public TimeSpan HeardAt { get; }

    /// <summary>When it is no longer true.</summary>
    public TimeSpan Ends { get; private set; }

    /// <summary>Replaced or run out: nothing is to be done with it any more.</summary>
    public bool IsGone { get; set; }

    /// <summary>When it is next asked for, or ends: at 80, 85, 90 and 95 % of its lifetime and up to 2 % later.</summary>
    public TimeSpan NextAt => _asked < Questions ? HeardAt + (_lifetime * (0.80 + (0.05 * _asked) + (0.02 * _spread))) : Ends;

    /// <summary>Asked for, by this node or by another that all heard.</summary>
    public void Asked() => _asked++;

    /// <summary>Whether somebody's question now makes the next of ours needless (RFC 6762 §7.3).</summary>
    public bool IsAboutToBeAsked(TimeSpan now) => _asked < Questions && NextAt - now <= 0.03 * _lifetime;

    /// <summary>Taken back, or replaced by others: true for a second more (RFC 6762 §10.1, §10.2).</summary>
    public void EndSoon(TimeSpan now)
    {
        TimeSpan soon = now + TimeSpan.FromSeconds(1);
        Ends = soon < Ends || Record.LifetimeSeconds == 0 ? soon : Ends;
        _asked = Questions;
    }

    /// <summary>What is left of the lifetime, in whole seconds.</summary>
    public uint SecondsLeft(TimeSpan now) => (uint)Math.Max(0, (Ends - now).TotalSeconds);

    /// <summary>Whether it may be told as known: at least half its lifetime is left (RFC 6762 §7.1).</summary>
    public bool IsKnown(TimeSpan now) => Ends - now > _lifetime / 2 && _asked < Questions;
}
