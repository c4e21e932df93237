using Tore.Mesh.Harness.Machines;
using Tore.Mesh.Harness.Mesh;
using Tore.Mesh.Membership.Swim;

namespace Tore.Mesh.Scenarios;

/// <summary>How news spreads: a mesh starts all at once, and then one node restarts and everybody learns its new incarnation.</summary>
internal sealed class ConvergenceScenario(int machines, int seeds) : IScenario
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);

    /// <inheritdoc/>
    public string Name => $"convergence-{machines}";

    /// <inheritdoc/>
    public string Summary => $"{machines} nodes start at once; one restarts: how fast tables become equal.";

    /// <inheritdoc/>
    public ScenarioResult Run(ScenarioOptions options)
    {
        Outcome[] all = Seeds.Run(options, seeds, RunSeed);
        double[] formed = [.. all.Select(o => o.Formed)];
        double[] spread = [.. all.Select(o => o.Spread)];
        return new ScenarioResult
        {
            Figures =
            [
                new Figure($"{machines} nodes started at once: tables equal, p50, s", Seeds.Percentile(formed, 0.5)),
                new Figure($"{machines} nodes started at once: tables equal, longest, s", formed.Max()),
                new Figure("news of a restart is everywhere, p50, s", Seeds.Percentile(spread, 0.5)),
                new Figure("news of a restart is everywhere, longest, s", spread.Max()),
                new Figure("samples", all.Length),
            ],
            Curves =
            [
                new Curve($"{machines} nodes started at once: members known", all[0].Forming),
                new Curve("a node restarted: share that knows", all[0].Spreading),
            ],
            Failures = [.. all.Index().Where(o => o.Item.Formed >= Limit.TotalSeconds || o.Item.Spread >= Limit.TotalSeconds)
                .Select(o => $"seed {options.Seed + (ulong)o.Index}: the tables did not become equal")],
        };
    }

    private Outcome RunSeed(ulong seed)
    {
        var town = new MeshTown(seed, machines);
        List<(double, double)> forming = [(0, 0)];
        town.StartAll(TimeSpan.FromMilliseconds(200));
        TimeSpan? formed = town.RunUntil(Limit, () =>
        {
            double known = town.Running.Sum(p => p.Membership.Table.Living - 1.0);
            forming.Add((town.Simulation.Now.TotalSeconds, known / (machines * (machines - 1.0))));
            return town.Running.Count() == machines && town.AreEqual;
        });
        town.RunFor(TimeSpan.FromSeconds(40));
        Machine one = town.Machines[town.Random.Next(machines)];
        one.Kill();
        one.Start();
        TimeSpan from = town.Simulation.Now;
        ulong incarnation = ((MeshProcess)one.Process!).Membership.OwnRecord.Incarnation;
        List<(double, double)> spreading = [(0, 0)];
        double share = 0;
        while (share < 1 && town.Simulation.Now - from < Limit)
        {
            town.RunFor(Step);
            share = town.Running.Count(p => p.Context.Machine != one
                && p.Membership.Table.TryGet(one.Id, out Member? member) && member.Incarnation >= incarnation) / (machines - 1.0);
            spreading.Add(((town.Simulation.Now - from).TotalSeconds, share));
        }
        return new Outcome
        {
            Formed = (formed ?? Limit).TotalSeconds,
            Spread = share < 1 ? Limit.TotalSeconds : (town.Simulation.Now - from).TotalSeconds,
            Forming = forming,
            Spreading = spreading,
        };
    }

    private sealed record Outcome
    {
        public required double Formed { get; init; }

        public required double Spread { get; init; }

        public required IReadOnlyList<(double, double)> Forming { get; init; }

        public required IReadOnlyList<(double, double)> Spreading { get; init; }
    }
}
