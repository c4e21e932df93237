using Tore.Mesh.Primitives;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Membership.Swim;

/// <summary>
/// Probes on behalf of others. Every request is answered, with no where the target is silent, cannot be dialled, or where there are too
/// many: silence would tell the asker that this node is gone too.
/// </summary>
internal sealed class ProbeRelays
{
    /// <summary>The share of the probe's timeout after which a no is sent, so that it arrives before the asker's end.</summary>
    private const double AnswerShare = 0.8;

    private readonly MembershipContext _context;
    private readonly Pings _pings;
    private readonly Dictionary<uint, ProbeRelay> _relays = [];
    private readonly Dictionary<NodeId, int> _perRequester = [];
    private readonly List<uint> _found = [];

    /// <summary>Makes an empty register.</summary>
    public ProbeRelays(MembershipContext context, Pings pings)
    {
        _context = context;
        _pings = pings;
    }

    /// <summary>Whether a relayed probe of this number is under way.</summary>
    public bool IsUnderWay(uint sequence) => _relays.ContainsKey(sequence);

    /// <summary>A peer asks for a probe.</summary>
    public void OnRequest(Member from, in PingRequest request)
    {
        int ofRequester = _perRequester.GetValueOrDefault(from.Id);
        if (!_context.Table.TryGet(request.Target, out Member? target) || target == from || (!target.IsLiving && !target.IsLinked)
            || ofRequester >= Limits.RelayedProbesPerPeer || _relays.Count >= Limits.RelayedProbes)
        {
            _context.Effects.TrySend(from.Id, new PingAnswer(request.Sequence, Answered: false));
            return;
        }
        uint sequence = _pings.NewSequence();
        _relays.Add(sequence, new ProbeRelay(from.Id, request.Sequence, target));
        _perRequester[from.Id] = ofRequester + 1;
        if (target.IsLinked)
        {
            _pings.Send(sequence, target, PingPurpose.Relay);
        }
        else
        {
            _context.Effects.Reach(target.Id);
        }
        TimeSpan end = _context.Clock.Now + (_context.Options.ProbeTimeout * AnswerShare);
        _context.Timers.Set(MemberTimerKind.RelayEnd, end, target, sequence);
    }

    /// <summary>A new link with a target stands.</summary>
    public void OnLinked(Member target)
    {
        foreach (uint sequence in Of(target))
        {
            Answer(sequence, answered: true);
        }
    }

    /// <summary>A target could not be dialled.</summary>
    public void OnUnreachable(Member target)
    {
        foreach (uint sequence in Of(target))
        {
            Answer(sequence, answered: false);
        }
    }

    /// <summary>The target answered, or its time is over: the requester is told.</summary>
    public void Answer(uint sequence, bool answered)
    {
        if (!_relays.Remove(sequence, out ProbeRelay relay))
        {
            return;
        }
        _pings.Forget(sequence);
        int left = _perRequester[relay.Requester] - 1;
        if (left > 0)
        {
            _perRequester[relay.Requester] = left;
        }
        else
        {
            _perRequester.Remove(relay.Requester);
        }
        _context.Effects.TrySend(relay.Requester, new PingAnswer(relay.RequestSequence, answered));
    }

    private List<uint> Of(Member target)
    {
        _found.Clear();
        foreach ((uint sequence, ProbeRelay relay) in _relays)
        {
            if (relay.Target == target)
            {
                _found.Add(sequence);
            }
        }
        return _found;
    }
}
