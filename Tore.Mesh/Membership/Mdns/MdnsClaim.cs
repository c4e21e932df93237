namespace Tore.Mesh.Membership.Mdns;

/// <summary>
/// The way to names of one's own on one link (RFC 6762 §8): wait a random while, probe three times, announce twice; begin again when
/// somebody else turns out to have a name, and slow down when that happens often.
/// </summary>
internal sealed class MdnsClaim
{
    private const int Probes = 3;
    private const int Announcements = 2;

    /// <summary>So many conflicts within <see cref="ConflictWindow"/> make every further attempt wait (§8.1).</summary>
    private const int ManyConflicts = 15;

    /// <summary>A winner of ties that never answers is passed by, with other names.</summary>
    private const int MostDeferrals = 3;

    private static readonly TimeSpan ConflictWindow = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan SlowAttempt = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ProbeInterval = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan AnnounceInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Deferral = TimeSpan.FromSeconds(1);

    private readonly Random _random;
    private readonly Queue<TimeSpan> _conflicts = [];
    private int _probes;
    private int _announcements;
    private int _deferrals;

    /// <summary>Makes a claim that has not begun.</summary>
    public MdnsClaim(Random random) => _random = random;

    /// <summary>When <see cref="Step"/> is next due.</summary>
    public TimeSpan? NextStep { get; private set; }

    /// <summary>Whether the names are ours, so that questions are answered.</summary>
    public bool IsOwner { get; private set; }

    /// <summary>Whether it is being found out whether they are.</summary>
    public bool IsProbing => NextStep is not null && !IsOwner;

    /// <summary>Begins, or begins again: at the start, and when the network has changed.</summary>
    public void Begin(TimeSpan now) => BeginAfter(now, TimeSpan.FromMilliseconds(_random.Next(0, 251)));

    /// <summary>Somebody else has one of the names.</summary>
    public void OnConflict(TimeSpan now)
    {
        while (_conflicts.TryPeek(out TimeSpan oldest) && oldest <= now - ConflictWindow)
        {
            _conflicts.Dequeue();
        }
        _conflicts.Enqueue(now);
        bool many = _conflicts.Count > ManyConflicts;
        if (many)
        {
            _conflicts.Dequeue();
        }
        BeginAfter(now, many ? SlowAttempt : TimeSpan.FromMilliseconds(_random.Next(0, 251)));
    }

    /// <summary>
    /// Another prober wants the same name and wins the tie (§8.2): it may be gone already, so probe again in a second. False when
    /// that has been so often enough to take other names instead.
    /// </summary>
    public bool Defer(TimeSpan now)
    {
        int deferrals = _deferrals + 1;
        BeginAfter(now, Deferral);
        _deferrals = deferrals;
        return deferrals <= MostDeferrals;
    }

    /// <summary>The records are others now: told again, without probing, since the names stay (§8.4).</summary>
    public void AnnounceAgain(TimeSpan now)
    {
        if (IsOwner)
        {
            _announcements = 0;
            NextStep = now;
        }
    }

    /// <summary>What is due now; the caller says with <see cref="OnRefused"/> when it could not be sent.</summary>
    public MdnsClaimStep Step(TimeSpan now)
    {
        if (!(NextStep <= now))
        {
            return MdnsClaimStep.None;
        }
        if (!IsOwner && _probes < Probes)
        {
            _probes++;
            NextStep = now + ProbeInterval;
            return MdnsClaimStep.Probe;
        }
        IsOwner = true;
        _deferrals = 0;
        _announcements++;
        NextStep = _announcements < Announcements ? now + AnnounceInterval : null;
        return MdnsClaimStep.Announce;
    }

    /// <summary>The interface did not take the packet of the last step, so nobody heard it: it is done once more, a second later.</summary>
    public void OnRefused(MdnsClaimStep step, TimeSpan now)
    {
        _ = step == MdnsClaimStep.Probe ? _probes-- : _announcements--;
        NextStep = now + AnnounceInterval;
    }

    /// <summary>Gives the names up.</summary>
    public void End()
    {
        NextStep = null;
        IsOwner = false;
    }

    private void BeginAfter(TimeSpan now, TimeSpan wait)
    {
        IsOwner = false;
        _probes = _announcements = _deferrals = 0;
        NextStep = now + wait;
    }
}
