using Tore.Mesh.Primitives;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Membership.Swim;

/// <summary>
/// SWIM's failure detector. Each interval one member is probed:
/// <list type="number">
/// <item>a ping over its link; where there is none, the next step at once;</item>
/// <item>no pong in time: some others are asked to probe it, and answer yes or no;</item>
/// <item>no yes and no late pong by the end of the interval: it is accused.</item>
/// </list>
/// </summary>
internal sealed class Prober
{
    private readonly MembershipContext _context;
    private readonly Pings _pings;
    private readonly Suspicions _suspicions;
    private readonly Dictionary<uint, Probe> _probes = [];

    /// <summary>Makes a detector that has begun nothing.</summary>
    public Prober(MembershipContext context, Pings pings, Suspicions suspicions)
    {
        _context = context;
        _pings = pings;
        _suspicions = suspicions;
        Order = new ProbeOrder(context);
    }

    /// <summary>Whose turn it is.</summary>
    public ProbeOrder Order { get; }

    /// <summary>Whether a probe of this number is under way.</summary>
    public bool IsUnderWay(uint sequence) => _probes.ContainsKey(sequence);

    /// <summary>Begins: the first interval ends somewhere in itself, so that nodes that start together probe at different times.</summary>
    public void Start() => _context.Timers.Set(MemberTimerKind.Probe, _context.Clock.Now + _context.Part(_context.Options.ProbeInterval));

    /// <summary>An interval is over: the next member is probed.</summary>
    public void OnTimer()
    {
        if (Order.Next() is { } member)
        {
            Begin(member);
        }
        _context.Timers.Set(MemberTimerKind.Probe, _context.Clock.Now + _context.ProbeInterval);
    }

    /// <summary>Probes a member, if that is not under way.</summary>
    public void Begin(Member member)
    {
        if (member.Probe is not null)
        {
            return;
        }
        var probe = new Probe(_pings.NewSequence(), member, _context.Clock.Now + _context.ProbeInterval);
        member.Probe = probe;
        _probes.Add(probe.Sequence, probe);
        _context.Counts.Probes++;
        if (member.IsLinked)
        {
            _pings.Send(probe.Sequence, member, PingPurpose.Probe);
            _context.Timers.Set(MemberTimerKind.ProbeTimeout, _context.Clock.Now + _context.ProbeTimeout, member, probe.Sequence);
        }
        else
        {
            AskOthers(probe);
        }
    }

    /// <summary>The direct ping was not answered in time.</summary>
    public void OnTimeout(uint sequence) => AskOthers(_probes[sequence]);

    /// <summary>A new link with a member stands: that answers a probe of it.</summary>
    public void OnLinked(Member member)
    {
        if (member.Probe is { } probe)
        {
            OnAnswered(probe.Sequence);
        }
    }

    /// <summary>A target could not be dialled; where nobody else was asked, nothing is left to wait for.</summary>
    public void OnUnreachable(Member member)
    {
        if (member.Probe is { Asked: 0 } probe)
        {
            Fail(probe);
        }
    }

    /// <summary>The target answered, itself or through another.</summary>
    public void OnAnswered(uint sequence)
    {
        if (_probes.TryGetValue(sequence, out Probe? probe))
        {
            End(probe);
            _context.Health.Improve();
        }
    }

    /// <summary>One who was asked tells what it found.</summary>
    public void OnAnswer(Member from, in PingAnswer answer)
    {
        if (!_probes.TryGetValue(answer.Sequence, out Probe? probe) || !probe.Silent.Remove(from.Id))
        {
            return;
        }
        if (answer.Answered)
        {
            OnAnswered(answer.Sequence);
        }
        else if (probe.Silent.Count == 0 && !probe.Target.IsLinked)
        {
            // There is nothing left to wait for.
            Fail(probe);
        }
    }

    /// <summary>The interval is over and nobody answered.</summary>
    public void OnEnd(uint sequence) => Fail(_probes[sequence]);

    /// <summary>Drops the probe of a member that lives no more.</summary>
    public void Forget(Member member)
    {
        if (member.Probe is { } probe)
        {
            End(probe);
        }
    }

    private void AskOthers(Probe probe)
    {
        Span<int> drawn = stackalloc int[Math.Min(_context.Options.IndirectProbes, 16)];
        IReadOnlyList<Member> linked = _context.Table.LinkedMembers;
        int count = Draw.Distinct(
            _context.Random, linked.Count, drawn, linked, static (m, target) => m.State == MemberState.Alive && m != target, probe.Target);
        foreach (int index in drawn[..count])
        {
            Member other = linked[index];
            if (_context.Effects.TrySend(other.Id, new PingRequest(probe.Sequence, probe.Target.Id)))
            {
                probe.Silent.Add(other.Id);
                probe.Asked++;
            }
        }
        if (probe.Asked == 0 && !probe.Target.IsLinked)
        {
            // Nobody to ask, as in a mesh of two, or after this node itself was cut off: only a new link can tell.
            _context.Effects.Reach(probe.Target.Id);
        }
        _context.Timers.Set(MemberTimerKind.ProbeEnd, probe.EndsAt, probe.Target, probe.Sequence);
    }

    private void Fail(Probe probe)
    {
        End(probe);
        if (!probe.Target.IsLiving)
        {
            return;
        }
        _context.Counts.ProbesFailed++;
        if (probe.Silent.Count == probe.Asked)
        {
            // Not even a no came back: it may be this node that hears badly (Lifeguard). One no shows that it hears.
            _context.Health.Worsen(Math.Max(probe.Asked, 1));
        }
        _suspicions.Accuse(probe.Target, _context.Self);
        _suspicions.Tell(probe.Target);
    }

    private void End(Probe probe)
    {
        _probes.Remove(probe.Sequence);
        _pings.Forget(probe.Sequence);
        probe.Target.Probe = null;
    }
}
