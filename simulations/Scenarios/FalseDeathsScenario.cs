using System.Diagnostics;
using Tore.Mesh.Checkers;
using Tore.Mesh.Harness.Network;
using Tore.Mesh.Membership.Swim;

namespace Tore.Mesh.Scenarios;

/// <summary>A lossy day on which nothing ends: nobody may be declared dead by anybody.</summary>
internal sealed class FalseDeathsScenario : IScenario
{
    private const int Machines = 100;
    private const double Loss = 0.1;
    private const double HoursByDefault = 24;

    /// <inheritdoc/>
    public string Name => "false-deaths";

    /// <inheritdoc/>
    public string Summary => "24 hours (--hours) of 100 nodes with 10 % loss: zero false deaths.";

    /// <inheritdoc/>
    public ScenarioResult Run(ScenarioOptions options)
    {
        var town = new MeshTown(options.Seed, Machines, NetworkOptions.Lan with { Loss = Loss });
        var deaths = new DeathCount();
        _ = new TableWatch(town.Simulation, deaths);
        bool formed = town.Form(TimeSpan.FromSeconds(5), TimeSpan.FromMinutes(5));
        double hours = options.Hours ?? HoursByDefault;
        var time = Stopwatch.StartNew();
        for (int part = 1; part <= 24; part++)
        {
            town.RunFor(TimeSpan.FromHours(hours / 24));
            options.Progress($"{hours * part / 24:0.0} hours, {deaths.Declared} declarations of death");
        }
        MembershipCounts[] counts = [.. town.Running.Select(p => p.Membership.Counts)];
        return new ScenarioResult
        {
            Figures =
            [
                new Figure($"false deaths in {hours:0.##} h, {Machines} nodes, {Loss:P0} loss", deaths.Members, 0),
                new Figure("tables that took one in", deaths.Declared, 0),
                new Figure("probes", counts.Sum(c => c.Probes)),
                new Figure("probes without an answer", counts.Sum(c => c.ProbesFailed)),
                new Figure("suspicions, all tables", counts.Sum(c => c.Suspicions)),
                new Figure("times real time", TimeSpan.FromHours(hours) / time.Elapsed),
            ],
            Failures = formed ? [] : ["The mesh did not form within five minutes."],
        };
    }

    /// <summary>Counts members, by incarnation, that anybody declared dead.</summary>
    private sealed class DeathCount : ITransitionListener
    {
        private readonly HashSet<(Primitives.NodeId, ulong)> _members = [];

        public long Declared { get; private set; }

        public int Members => _members.Count;

        public void OnTransition(in Transition transition)
        {
            if (transition is { After: { State: MemberState.Dead } dead })
            {
                Declared++;
                _members.Add((transition.Node, dead.Incarnation));
            }
        }
    }
}
