using System.Runtime.InteropServices;
using Tore.Mesh.Primitives;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Membership;

/// <summary>
/// This node's place in the space of round trips: Vivaldi (Dabek, Cox, Kaashoek, Morris 2004) with height and adaptive step. Every
/// measured round trip pulls the node towards its peer, or pushes it away, by a share of what the prediction was wrong by.
/// <para>
/// Refinements from running systems (Ledlie, Gardner, Seltzer 2007): the least of a peer's last four round trips counts, so that a
/// queue somewhere is not taken for distance; a weak pull to the middle keeps the whole space from drifting away.
/// </para>
/// <para>
/// Against liars: a round trip is measured here, so a peer can only add to it; what one sample moves is bounded by that round trip
/// (<see cref="StepShare"/>), a peer's claim to be exact is believed only down to <see cref="ErrorLeast"/>, and the own error is
/// bounded. All honest peers pull back in proportion to the displacement, so that a liar cannot push on for ever.
/// </para>
/// </summary>
internal sealed class NetworkCoordinate
{
    /// <summary>Dabek's c_c: the largest share of a prediction's error that one sample corrects.</summary>
    public const double StepShare = 0.25;

    /// <summary>What a sample may move beyond its round trip, milliseconds: a node that came from far is let in.</summary>
    public const double StepAllowance = 10;

    /// <summary>Dabek's c_e: the weight of one sample in the own error.</summary>
    private const double ErrorShare = 0.25;

    /// <summary>The smallest error that is believed or told; a claim of none would outweigh everybody.</summary>
    private const double ErrorLeast = 0.05;

    /// <summary>Errors are relative to at least this, milliseconds: below it timers are measured, not networks.</summary>
    private const double RoundTripNoise = 1;

    /// <summary>The least height, milliseconds: it must not reach zero, where it could not grow again.</summary>
    private const double HeightLeast = 0.01;

    /// <summary>Ledlie's rho, milliseconds: the pull to the middle is 1 ms there, and grows with the square.</summary>
    private const double GravityRadius = 256;

    /// <summary>Longest round trip that says something about the network.</summary>
    private static readonly TimeSpan RoundTripMost = TimeSpan.FromSeconds(10);

    private readonly Random _random;
    private readonly Dictionary<NodeId, Recent> _recent = [];
    private readonly double[] _position = new double[WireCoordinate.Dimensions];
    private readonly double[] _pull = new double[WireCoordinate.Dimensions];
    private double _height = HeightLeast;
    private double _error = 1;

    /// <summary>Stands in the middle; <paramref name="random"/> gives the direction in which two nodes on one spot part.</summary>
    public NetworkCoordinate(Random random) => _random = random;

    /// <summary>The present value, to be told to others.</summary>
    public WireCoordinate Value { get; private set; } = WireCoordinate.Origin;

    /// <summary>A peer answered: where it says it stands, and how long the answer took. False: such a round trip says nothing.</summary>
    public bool Observe(NodeId peer, in WireCoordinate at, TimeSpan roundTrip)
    {
        if (roundTrip <= TimeSpan.Zero || roundTrip > RoundTripMost)
        {
            return false;
        }
        double measured = CollectionsMarshal.GetValueRefOrAddDefault(_recent, peer, out _).Least((float)roundTrip.TotalMilliseconds);
        // 1. How wrong the prediction was, and how much this sample weighs against what the node believes already.
        double away = PullFrom(at);
        double heights = _height + at.Height;
        double predicted = away + heights;
        double weight = _error / (_error + Math.Max(at.Error, ErrorLeast));
        double wrong = Math.Min(1, Math.Abs(predicted - measured) / Math.Max(measured, RoundTripNoise));
        _error = Math.Clamp((wrong * ErrorShare * weight) + (_error * (1 - (ErrorShare * weight))), ErrorLeast, 1);
        // 2. A step along the line to the peer, divided between position and height as the prediction is; two on one spot part first.
        double most = measured + StepAllowance;
        double step = StepShare * weight * Math.Clamp(measured - predicted, -most, most);
        double upward = away > 0 ? step * heights / predicted : 0;
        for (int i = 0; i < _position.Length; i++)
        {
            _position[i] += (step - upward) * _pull[i];
        }
        _height = Math.Clamp(_height + upward, HeightLeast, Limits.CoordinateMilliseconds);
        // 3. The pull to the middle.
        Settle();
        return true;
    }

    /// <summary>Drops what was measured to a peer that is gone.</summary>
    public void Forget(NodeId peer) => _recent.Remove(peer);

    /// <summary>
    /// Whether <paramref name="now"/> is far enough from <paramref name="before"/> to be worth telling: by more than a tenth of its
    /// distance from the middle, and by more than what timers alone may cause.
    /// </summary>
    public static bool HasMoved(in WireCoordinate before, in WireCoordinate now)
    {
        double size = now.DistanceTo(WireCoordinate.Origin) + now.Height;
        return before.DistanceTo(now) + Math.Abs(before.Height - now.Height) > Math.Max(RoundTripNoise, size / 10);
    }

    /// <summary>Sets <c>_pull</c> to the unit vector from there to here, to a drawn one on the same spot; gives the distance.</summary>
    private double PullFrom(in WireCoordinate at)
    {
        ReadOnlySpan<float> there = at.Position;
        double squares = 0;
        for (int i = 0; i < _pull.Length; i++)
        {
            _pull[i] = _position[i] - there[i];
            squares += _pull[i] * _pull[i];
        }
        double length = Math.Sqrt(squares);
        double scale = length;
        if (length < 1e-6)
        {
            squares = 0;
            for (int i = 0; i < _pull.Length; i++)
            {
                _pull[i] = _random.NextDouble() - 0.5;
                squares += _pull[i] * _pull[i];
            }
            (length, scale) = (0, Math.Sqrt(squares));
        }
        for (int i = 0; i < _pull.Length; i++)
        {
            _pull[i] /= scale;
        }
        return length;
    }

    private void Settle()
    {
        double squares = 0;
        foreach (double x in _position)
        {
            squares += x * x;
        }
        double distance = Math.Sqrt(squares);
        double gravity = distance > 0 ? Math.Min(1, distance / (GravityRadius * GravityRadius)) : 0;
        Span<float> numbers = stackalloc float[WireCoordinate.Numbers];
        for (int i = 0; i < _position.Length; i++)
        {
            _position[i] = Math.Clamp(_position[i] * (1 - gravity), -Limits.CoordinateMilliseconds, Limits.CoordinateMilliseconds);
            numbers[i] = (float)_position[i];
        }
        numbers[WireCoordinate.Dimensions] = (float)_height;
        numbers[WireCoordinate.Dimensions + 1] = (float)_error;
        if (WireCoordinate.TryCreate(numbers, out WireCoordinate value))
        {
            Value = value;
        }
    }

    /// <summary>The last four round trips of one peer.</summary>
    private struct Recent
    {
        private float _a, _b, _c, _d;
        private bool _isFilled;

        /// <summary>Puts one in for the oldest and gives the least.</summary>
        public float Least(float newest)
        {
            (_a, _b, _c, _d) = _isFilled ? (newest, _a, _b, _c) : (newest, newest, newest, newest);
            _isFilled = true;
            return Math.Min(Math.Min(_a, _b), Math.Min(_c, _d));
        }
    }
}
