using Tore.Mesh.Checkers;
using Tore.Mesh.Harness;
using Tore.Mesh.Harness.Machines;
using Tore.Mesh.Membership.Swim;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Scenarios;

/// <summary>
/// A quarter of the nodes stand still for 5 to 30 seconds again and again, as overloaded machines do. How many of the other three quarters
/// are declared dead: with our rules, and with plain SWIM.
/// </summary>
internal sealed class StallsScenario : IScenario
{
    private const int Machines = 100;
    private const int Stalling = 25;
    private const int FalseDeathsOfPlain = 200;
    private const double Better = 20;
    private static readonly TimeSpan Least = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Most = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan Awake = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan Limit = TimeSpan.FromHours(6);

    private static readonly MembershipOptions Plain = MembershipOptions.Lan with
    {
        LocalHealth = false,
        DynamicSuspicion = false,
        BuddyRefutation = false,
        OwnProbe = false,
    };

    /// <inheritdoc/>
    public string Name => "stalls";

    /// <inheritdoc/>
    public string Summary => "25 of 100 nodes stall for 5-30 s: false deaths of the others, beside plain SWIM (200 of its).";

    /// <inheritdoc/>
    public ScenarioResult Run(ScenarioOptions options)
    {
        int enough = options.Hours is null ? FalseDeathsOfPlain : int.MaxValue;
        TimeSpan limit = options.Hours is { } hours ? TimeSpan.FromHours(hours) : Limit;
        (FalseDeaths plain, TimeSpan time) = RunWith(options, Plain, limit, enough);
        (FalseDeaths ours, _) = RunWith(options, MembershipOptions.Lan, time, int.MaxValue);
        return new ScenarioResult
        {
            Figures =
            [
                new Figure("simulated hours", time.TotalHours),
                new Figure("false deaths, plain SWIM", plain.Count, options.Hours is null ? FalseDeathsOfPlain : null, AtMost: false),
                new Figure("false deaths, ours", ours.Count, plain.Count / Better),
                new Figure("false deaths of plain SWIM for each of ours", plain.Count / Math.Max(ours.Count, 0.5), Better, AtMost: false),
                new Figure("true deaths of stalling nodes, plain SWIM", plain.OfStalling),
                new Figure("true deaths of stalling nodes, ours", ours.OfStalling),
            ],
        };
    }

    private static (FalseDeaths, TimeSpan) RunWith(ScenarioOptions options, MembershipOptions membership, TimeSpan limit, int enough)
    {
        var town = new MeshTown(options.Seed, Machines, membership: membership);
        var deaths = new FalseDeaths(town);
        _ = new TableWatch(town.Simulation, deaths);
        town.Form(TimeSpan.FromSeconds(2), TimeSpan.FromMinutes(2));
        TimeSpan from = town.Simulation.Now;
        // The same nodes stall at the same times in both runs.
        SeededRandom random = town.Simulation.Stream("stalls");
        foreach (Machine machine in town.Machines.Skip(Machines - Stalling))
        {
            StallAgain(town.Simulation, machine, random);
        }
        while (town.Simulation.Now - from < limit && deaths.Count < enough)
        {
            TimeSpan left = limit - (town.Simulation.Now - from);
            town.RunFor(left < TimeSpan.FromSeconds(10) ? left : TimeSpan.FromSeconds(10));
        }
        TimeSpan time = town.Simulation.Now - from;
        string whose = membership == Plain ? "plain SWIM" : "ours";
        options.Progress($"{whose}: {deaths.Count} false deaths in {time.TotalMinutes:0.0} minutes");
        return (deaths, time);
    }

    private static void StallAgain(Simulation simulation, Machine machine, SeededRandom random)
    {
        TimeSpan at = simulation.Now + random.Between(Awake / 10, Awake);
        TimeSpan end = at + random.Between(Least, Most);
        simulation.At(at, machine.Pause);
        simulation.At(end, () =>
        {
            machine.Resume();
            StallAgain(simulation, machine, random);
        });
    }

    /// <summary>Members that never stalled and that anybody declared dead, by incarnation.</summary>
    private sealed class FalseDeaths(MeshTown town) : ITransitionListener
    {
        private readonly HashSet<NodeId> _stall = [.. town.Machines.Skip(Machines - Stalling).Select(m => m.Id)];
        private readonly HashSet<(NodeId, ulong)> _members = [];
        private readonly HashSet<(NodeId, ulong)> _stalling = [];

        public int Count => _members.Count;

        public int OfStalling => _stalling.Count;

        public void OnTransition(in Transition transition)
        {
            if (transition is { After: { State: MemberState.Dead } dead, Node: var node })
            {
                (_stall.Contains(node) ? _stalling : _members).Add((node, dead.Incarnation));
            }
        }
    }
}
