using Tore.Mesh.Harness.Machines;
using Tore.Mesh.Membership;

namespace Tore.Mesh.Harness.Network;

/// <summary>The ways between machines: where each stands, and what is wrong with the ways now.</summary>
internal sealed class SimulatedNetwork
{
    private readonly NetworkOptions _options;
    private readonly SeededRandom _places;
    private readonly List<(double X, double Y, double Access)> _place = [];
    private readonly List<PathRule> _rules = [];
    private readonly List<PathRule> _ended = [];
    private readonly Dictionary<PeerAddress, Machine> _byAddress = [];

    /// <summary>Makes a network without machines.</summary>
    public SimulatedNetwork(Simulation simulation, NetworkOptions options)
    {
        Simulation = simulation;
        _options = options;
        _places = simulation.Stream("places");
        Random = simulation.Stream("network");
    }

    /// <summary>The run that it is part of.</summary>
    public Simulation Simulation { get; }

    /// <summary>Arrays for frames on their way.</summary>
    public BufferPool Buffers { get; } = new();

    /// <summary>Chance of everything that happens on the way.</summary>
    public SeededRandom Random { get; }

    /// <summary>Connections that were ever begun.</summary>
    public long Connections { get; private set; }

    /// <summary>Connects a machine.</summary>
    public void Add(Machine machine)
    {
        _place.Add((_places.NextDouble(), _places.NextDouble(), _places.NextDouble()));
        _byAddress[machine.Address] = machine;
    }

    /// <summary>The machine at an address; null for one that is nobody's.</summary>
    public Machine? At(PeerAddress address) => _byAddress.GetValueOrDefault(address);

    /// <summary>Makes a rule stand.</summary>
    public void Add(PathRule rule) => _rules.Add(rule);

    /// <summary>Takes a rule away.</summary>
    public void Remove(PathRule rule)
    {
        rule.EndedAt = Simulation.Now;
        _rules.Remove(rule);
        _ended.Add(rule);
    }

    /// <summary>Whether anything was wrong with the way between two machines since then, in either direction.</summary>
    public bool WasImpaired(int one, int other, TimeSpan since) =>
        _rules.Exists(rule => rule.Covers(one, other) || rule.Covers(other, one))
        || _ended.Exists(rule => rule.EndedAt >= since && (rule.Covers(one, other) || rule.Covers(other, one)));

    /// <summary>Whether anything is wrong with it now.</summary>
    public bool IsImpaired(int one, int other) => WasImpaired(one, other, TimeSpan.MaxValue);

    /// <summary>What the way is like now.</summary>
    public PathState Path(int from, int to)
    {
        if (from == to)
        {
            return new PathState(false, 0, TimeSpan.FromTicks(200), 0);
        }
        (double x, double y, double access) = _place[from];
        (double otherX, double otherY, double otherAccess) = _place[to];
        double distance = Math.Sqrt(((x - otherX) * (x - otherX)) + ((y - otherY) * (y - otherY)));
        double ticks = _options.LeastDelay.Ticks + (distance * _options.DelayPerDistance.Ticks)
            + ((access + otherAccess) * _options.AccessDelay.Ticks);
        var state = new PathState(false, _options.Loss, new TimeSpan((long)ticks), 0);
        foreach (PathRule rule in _rules)
        {
            if (rule.Covers(from, to))
            {
                state = new PathState(
                    state.IsCut || rule.Cuts,
                    1 - ((1 - state.Loss) * (1 - rule.Loss)),
                    state.Delay + rule.Delay,
                    rule.BytesPerSecond > 0 && (state.BytesPerSecond == 0 || rule.BytesPerSecond < state.BytesPerSecond)
                        ? rule.BytesPerSecond
                        : state.BytesPerSecond);
            }
        }
        return state;
    }

    /// <summary>One way, with this message's jitter.</summary>
    public TimeSpan Delay(in PathState path) =>
        path.Delay + new TimeSpan((long)(-Math.Log(1 - Random.NextDouble()) * _options.Jitter.Ticks));

    /// <summary>Whether a message of so many segments is lost on the way.</summary>
    public bool Loses(in PathState path, int parts) =>
        path.IsCut || (path.Loss > 0 && Random.Chance(parts == 1 ? path.Loss : 1 - Math.Pow(1 - path.Loss, parts)));

    /// <summary>A number for a connection.</summary>
    public long NextConnection() => ++Connections;
}
