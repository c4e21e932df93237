using Tore.Mesh.Primitives;

namespace Tore.Mesh.Membership.Swim;

/// <summary>
/// A suspicion against one incarnation of a member: who accuses it, how long it lasts, and what this node's own probe of it found.
/// The time falls from the longest to the shortest with the logarithm of the independent confirmations (Lifeguard's dynamic suspicion).
/// </summary>
internal sealed class Suspicion
{
    private readonly List<NodeId> _accusers = [];
    private readonly TimeSpan _shortest;
    private readonly TimeSpan _longest;
    private readonly int _confirmationsMax;
    private readonly double _probeShare;

    /// <summary>Begins one, in a mesh of <paramref name="living"/> members.</summary>
    public Suspicion(MembershipOptions options, NodeId accuser, int living, TimeSpan now, Random random)
    {
        _accusers.Add(accuser);
        BeganAt = now;
        _shortest = options.ProbeInterval * (options.SuspicionFactor * Math.Max(1, Math.Log10(living)));
        // The accused and the first accuser confirm nothing; in a mesh of two nobody is left to.
        _confirmationsMax = options.DynamicSuspicion ? Math.Min(options.Confirmations, living - 2) : 0;
        _longest = _confirmationsMax > 0 ? _shortest * options.SuspicionSpread : _shortest;
        _probeShare = 0.5 + (0.5 * random.NextDouble());
    }

    /// <summary>Who accuses: each once, the first first.</summary>
    public IReadOnlyList<NodeId> Accusers => _accusers;

    /// <summary>Who accused first, as far as is known here.</summary>
    public NodeId FirstAccuser => _accusers[0];

    /// <summary>When it began, on the active clock.</summary>
    public TimeSpan BeganAt { get; }

    /// <summary>The token of its end timer.</summary>
    public ulong EndToken { get; set; }

    /// <summary>The token of the timer of this node's own probe.</summary>
    public ulong ProbeToken { get; set; }

    /// <summary>The number of the ping of this node's own probe.</summary>
    public uint ProbeSequence { get; set; }

    /// <summary>When the own probe has failed if it was not answered; null while it was not begun.</summary>
    public TimeSpan? ProbeFailsAt { get; set; }

    /// <summary>Whether the own probe is a dial, and waits for its outcome.</summary>
    public bool AwaitsLink { get; set; }

    /// <summary>When it has lasted long enough.</summary>
    public TimeSpan EndsAt => BeganAt + Duration;

    /// <summary>When the own probe is to be made: somewhere in the later half, so that it is over by the end.</summary>
    public TimeSpan ProbeAt(TimeSpan probeTimeout)
    {
        TimeSpan room = Duration - probeTimeout;
        return room > TimeSpan.Zero ? BeganAt + (room * _probeShare) : BeganAt;
    }

    /// <summary>Another accuses it; true where that is news and confirms.</summary>
    public bool Confirm(NodeId accuser)
    {
        if (_accusers.Count > _confirmationsMax || _accusers.Contains(accuser))
        {
            return false;
        }
        _accusers.Add(accuser);
        return true;
    }

    private TimeSpan Duration
    {
        get
        {
            if (_confirmationsMax <= 0)
            {
                return _shortest;
            }
            double share = Math.Log(_accusers.Count) / Math.Log(_confirmationsMax + 1);
            return _longest - ((_longest - _shortest) * share);
        }
    }
}
