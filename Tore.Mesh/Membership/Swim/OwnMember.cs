using Tore.Mesh.Identity;
using Tore.Mesh.Primitives;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Membership.Swim;

/// <summary>
/// What this node says of itself. Its incarnation is one more than the highest of its own that it stored or met, kept before it is
/// told; it is raised to refute what is said of it, to say something new, and to overrule its own words of an earlier life.
/// </summary>
internal sealed class OwnMember
{
    /// <summary>After so many contests by one other start it is no earlier life of this node, but a process that runs.</summary>
    private const int ContestsOfAClone = 3;

    /// <summary>A war of incarnations slows down to one raise a minute.</summary>
    private const int WarSlowdownMax = 64;

    /// <summary>Accusations worsen the local health only so often, in probe intervals: liars must not slow this node down.</summary>
    private const int HealthEvery = 5;

    private readonly MembershipContext _context;
    private readonly GossipQueue _queue;
    private readonly ISigner _signer;
    private readonly MeshId _mesh;
    private readonly ulong _start;
    private IReadOnlyList<string> _addresses = [];
    private ulong _highest;
    private ulong _raise;
    private bool _mustRefute;
    private TimeSpan _mayRaiseAt;
    private TimeSpan _mayWorsenAt;
    private TimeSpan _contestedAt;
    private int _contests;

    /// <summary>Makes the own member of a start; <paramref name="stored"/> is the incarnation that an earlier one kept.</summary>
    public OwnMember(MembershipContext context, GossipQueue queue, ISigner signer, MeshId mesh, ulong start, ulong stored)
    {
        _context = context;
        _queue = queue;
        _signer = signer;
        _mesh = mesh;
        _start = start;
        _highest = stored;
    }

    /// <summary>The newest word.</summary>
    public MemberRecord Record => _context.Table.Own;

    /// <summary>Whether it is the last one.</summary>
    public bool HasLeft { get; private set; }

    /// <summary>The other process with this key; null where none is known.</summary>
    public DuplicateKeyReport? Duplicate { get; private set; }

    /// <summary>The token of the timer of a raise that waits.</summary>
    public ulong RaiseToken => _raise;

    /// <summary>Says the first word; false where the incarnation could not be kept.</summary>
    public bool Start(IReadOnlyList<string> addresses)
    {
        _addresses = Bounded(addresses);
        return TryRaise();
    }

    /// <summary>This node can be dialled elsewhere now.</summary>
    public void SetAddresses(IReadOnlyList<string> addresses)
    {
        _addresses = Bounded(addresses);
        RaiseSoon();
    }

    /// <summary>The last word: at the same incarnation, since leaving beats all else there.</summary>
    public void Leave()
    {
        HasLeft = true;
        Say(Record.Incarnation);
    }

    /// <summary>
    /// Somebody says that an incarnation of this node is suspect or dead. True where a newer one is there now, to be shown in reply.
    /// </summary>
    public bool OnAccused(ulong incarnation)
    {
        // An older one is refuted already; a newer one nobody can have heard of.
        if (incarnation == Record.Incarnation && !HasLeft)
        {
            _mustRefute = true;
            RaiseSoon();
        }
        return incarnation < Record.Incarnation;
    }

    /// <summary>
    /// Somebody shows a record of this node, signed by its key, that is not older than the present one and not the same: from an
    /// earlier life whose incarnation was lost, or of a process that has the same key.
    /// </summary>
    public void OnContested(MemberRecord other)
    {
        TimeSpan now = _context.Clock.Now;
        // One that reacts to what this process says stays one ahead; an earlier life was ahead by anything, and soon by nothing.
        bool reacts = other.Start != _start && other.Incarnation - Record.Incarnation <= 2;
        if (now - _contestedAt > 2 * WarSlowdownMax * _context.Options.ProbeInterval)
        {
            _contests = 0;
        }
        _contestedAt = now;
        if (reacts && ++_contests >= ContestsOfAClone)
        {
            TimeSpan elapsed = _context.Clock.Moment.Elapsed;
            Duplicate = new DuplicateKeyReport(other.Start, Duplicate?.Since ?? elapsed, elapsed);
        }
        _highest = Math.Max(_highest, other.Incarnation);
        RaiseSoon();
    }

    /// <summary>A raise that had to wait.</summary>
    public void OnRaiseTimer()
    {
        _raise = 0;
        RaiseSoon();
    }

    /// <summary>Raises now, or as soon as the last time is long enough ago: liars and clones must not keep everybody busy.</summary>
    private void RaiseSoon()
    {
        if (HasLeft || _raise != 0)
        {
            return;
        }
        TimeSpan now = _context.Clock.Now;
        if (now >= _mayRaiseAt)
        {
            int slowdown = _contests < ContestsOfAClone ? 1 : 1 << Math.Min(_contests - ContestsOfAClone + 1, 6);
            _mayRaiseAt = now + (_context.Options.ProbeInterval * Math.Min(slowdown, WarSlowdownMax));
            if (TryRaise())
            {
                return;
            }
        }
        _raise = _context.Timers.Set(MemberTimerKind.Raise, _mayRaiseAt);
    }

    /// <summary>False where the new incarnation could not be kept, and so was not told.</summary>
    private bool TryRaise()
    {
        if (_highest < ulong.MaxValue)
        {
            if (!_context.Effects.TrySaveIncarnation(_highest + 1))
            {
                return false;
            }
            _highest++;
        }
        if (_mustRefute)
        {
            _mustRefute = false;
            _context.Counts.Refutations++;
            if (_context.Clock.Now >= _mayWorsenAt)
            {
                // Others did not hear this node in time: a hint that it is slow.
                _context.Health.Worsen(1);
                _mayWorsenAt = _context.Clock.Now + (HealthEvery * _context.Options.ProbeInterval);
            }
        }
        Say(_highest);
        return true;
    }

    private void Say(ulong incarnation)
    {
        _context.Table.Own = MemberSignature.Sign(_signer, _mesh, incarnation, _start, _addresses, HasLeft);
        _queue.Add(MemberUpdate.Of(Record));
    }

    /// <summary>As many as others read; each is short enough or it is no address.</summary>
    private static List<string> Bounded(IReadOnlyList<string> addresses)
    {
        List<string> bounded = [];
        foreach (string address in addresses)
        {
            if (bounded.Count < Limits.NodeAddresses && System.Text.Encoding.UTF8.GetByteCount(address) <= Limits.WireNameBytes)
            {
                bounded.Add(address);
            }
        }
        return bounded;
    }
}
