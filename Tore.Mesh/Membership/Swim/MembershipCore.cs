using Tore.Mesh.Identity;
using Tore.Mesh.Primitives;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Membership.Swim;

/// <summary>
/// Who is in the mesh and who of them lives, as one node finds out: SWIM (Das, Gupta, Motivala 2002) with Lifeguard (Dadgar, Phillips,
/// Currey 2017), over links instead of datagrams; docs/membership.md has the rules. A state machine without socket, clock or chance of
/// its own: links, messages and time come in, messages and the wish for links go out.
/// <para>
/// The parts: <see cref="MemberTable"/> holds the members, <see cref="OwnMember"/> speaks for this one, <see cref="Rumours"/> merges what
/// is heard, <see cref="Prober"/>, <see cref="ProbeRelays"/> and <see cref="Suspicions"/> find the dead, <see cref="Burials"/> remembers
/// them, <see cref="GossipQueue"/> and <see cref="TablePush"/> spread the news.
/// </para>
/// </summary>
internal sealed partial class MembershipCore
{
    private readonly MembershipContext _context;
    private readonly RecordJudge _judge;
    private readonly GossipQueue _queue;
    private readonly Pings _pings;
    private readonly OwnMember _own;
    private readonly Burials _burials;
    private readonly Suspicions _suspicions;
    private readonly Prober _prober;
    private readonly ProbeRelays _relays;
    private readonly Rumours _rumours;
    private readonly TablePush _push;
    private bool _runs;

    /// <summary>Makes a core that knows nobody; nothing happens before <see cref="Start"/>.</summary>
    /// <param name="options">Timing and rules.</param>
    /// <param name="mesh">The mesh that records are signed for.</param>
    /// <param name="effects">The door to the outside.</param>
    /// <param name="signer">This node.</param>
    /// <param name="verifier">Checks what others signed.</param>
    /// <param name="random">The only source of chance.</param>
    /// <param name="start">Drawn at random at each start of the process.</param>
    /// <param name="storedIncarnation">The highest incarnation that was kept, 0 at first.</param>
    /// <param name="admits">The allow and ban lists; null admits everybody.</param>
    public MembershipCore(MembershipOptions options, MeshId mesh, IMembershipEffects effects, ISigner signer, ISignatureVerifier verifier,
        Random random, ulong start, ulong storedIncarnation, Func<NodeId, bool>? admits = null)
    {
        var clock = new ActiveClock();
        _context = new MembershipContext
        {
            Clock = clock,
            Options = options,
            Effects = effects,
            Random = random,
            Self = signer.Id,
            Timers = new TimerQueue(clock, IsStale),
            Health = new LocalHealth(options.LocalHealth),
        };
        _judge = new RecordJudge(mesh, verifier, admits ?? (static _ => true), _context.Table, _context.Counts);
        _queue = new GossipQueue(_context);
        _pings = new Pings(_context, _queue);
        _own = new OwnMember(_context, _queue, signer, mesh, start, storedIncarnation);
        _burials = new Burials(_context, _queue, _pings);
        _suspicions = new Suspicions(_context, _queue, _pings, _burials);
        _prober = new Prober(_context, _pings, _suspicions);
        _relays = new ProbeRelays(_context, _pings);
        _rumours = new Rumours(_context, _judge, _queue, _own, _suspicions, _prober, _burials);
        _push = new TablePush(_context, _judge, _rumours);
    }

    /// <summary>The other members.</summary>
    public MemberTable Table => _context.Table;

    /// <summary>This node's newest word about itself, for the introduction on a new link. There is none before the start.</summary>
    public MemberRecord OwnRecord => _own.Record;

    /// <summary>What was counted.</summary>
    public MembershipCounts Counts => _context.Counts;

    /// <summary>Lifeguard's local health: 0 is well, 7 the worst.</summary>
    public int LocalHealth => _context.Health.Score;

    /// <summary>The other process that has this node's key; null where none is known.</summary>
    public DuplicateKeyReport? DuplicateKey => _own.Duplicate;

    /// <summary>Where this node is in the network.</summary>
    public NetworkCoordinate Coordinate => _pings.Coordinate;

    /// <summary>The mesh's time.</summary>
    public MeshClock Clock => _pings.MeshClock;

    /// <summary>When <see cref="OnTimer"/> is next due, on <see cref="Moment.Elapsed"/>; null before the start and after the end.</summary>
    public TimeSpan? NextDeadline => _context.Timers.Next is { } next ? _context.Clock.Elapsed(next) : null;

    /// <summary>Begins. False where the incarnation could not be kept: then nothing has begun, and the node must not speak.</summary>
    public bool Start(IReadOnlyList<string> addresses, in Moment now)
    {
        _context.Clock.Advance(now);
        if (!_own.Start(addresses))
        {
            return false;
        }
        _runs = true;
        _prober.Start();
        _push.Start();
        return true;
    }

    /// <summary>Whether a record is its node's own, signed for this mesh.</summary>
    public bool IsGood(MemberRecord record) => _judge.IsGood(record);

    /// <summary>
    /// A control link with a peer stands, and the peer introduced itself on it. False where it is not to be used: the record is not the
    /// peer's, its signature is bad, the peer is not admitted, or the table is full.
    /// </summary>
    public bool OnLinked(NodeId peer, MemberRecord introduced, in Moment now)
    {
        if (!Enter(now) || !_rumours.OnIntroduction(peer, introduced))
        {
            return false;
        }
        Member member = _context.Table.TryGet(peer, out Member? found) ? found : throw new InvalidOperationException();
        if (member.State == MemberState.Suspect)
        {
            _suspicions.Tell(member);
        }
        // Who shakes hands and introduces itself is there: no ping could show more.
        _suspicions.OnAnswered(member, _context.Clock.Now);
        _prober.OnLinked(member);
        _relays.OnLinked(member);
        if (_context.Self < peer)
        {
            // One of the two begins; the other's table comes with the answer.
            _push.Begin(member);
        }
        _queue.Arm();
        return true;
    }

    /// <summary>No control link with a peer stands any more.</summary>
    /// <param name="peer">Which.</param>
    /// <param name="broken">Whether it broke, as when the process at the other end dies: a reason to probe at once.</param>
    /// <param name="now">The time.</param>
    public void OnUnlinked(NodeId peer, bool broken, in Moment now)
    {
        if (Enter(now) && _context.Table.TryGet(peer, out Member? member) && member.IsLinked)
        {
            _context.Table.SetLinked(member, linked: false);
            if (broken && member.IsLiving)
            {
                _prober.Begin(member);
            }
        }
    }

    /// <summary>A peer that <see cref="IMembershipEffects.Reach"/> asked for could not be dialled.</summary>
    public void OnUnreachable(NodeId peer, in Moment now)
    {
        if (Enter(now) && _context.Table.TryGet(peer, out Member? member) && !member.IsLinked)
        {
            _prober.OnUnreachable(member);
            _suspicions.OnUnreachable(member);
            _relays.OnUnreachable(member);
        }
    }

    /// <summary>A record came by another way than a link's first message: a further introduction, or an earlier start's store.</summary>
    public void OnHeard(MemberRecord record, in Moment now)
    {
        if (Enter(now))
        {
            _rumours.OnHeard(record);
        }
    }

    /// <summary>This node can be dialled elsewhere now.</summary>
    public void OnAddressesChanged(IReadOnlyList<string> addresses, in Moment now)
    {
        if (Enter(now))
        {
            _own.SetAddresses(addresses);
        }
    }

    /// <summary>The allow and ban lists changed: those who are not admitted any more are forgotten.</summary>
    public void OnAdmissionChanged(in Moment now)
    {
        if (!Enter(now))
        {
            return;
        }
        foreach (Member member in Table.Members.ToArray())
        {
            if (!_judge.Admits(member.Id))
            {
                _suspicions.End(member);
                _prober.Forget(member);
                _burials.Forget(member);
            }
        }
    }

    /// <summary>Says goodbye to everybody, and does nothing any more.</summary>
    public void Leave(in Moment now)
    {
        if (!Enter(now))
        {
            return;
        }
        _own.Leave();
        var farewell = new Gossip([MemberUpdate.Of(_own.Record)]);
        foreach (Member member in Table.LinkedMembers)
        {
            _context.Effects.TrySend(member.Id, farewell);
        }
        _runs = false;
        _context.Timers.Clear();
    }

    /// <summary>Takes the time at the begin of every input; false where the core does not run.</summary>
    private bool Enter(in Moment now)
    {
        _context.Clock.Advance(now);
        if (_runs && _context.Options.LocalHealth && _context.Timers.Next is { } due
            && _context.Clock.Now - due > _context.Options.ProbeTimeout)
        {
            // Later than a probe may take: what was not heard meanwhile was not listened for either.
            _context.Clock.MoveBackTo(due);
            _context.Health.Worsen(1);
            _context.Counts.Stalls++;
        }
        return _runs;
    }
}
