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
            Curves = [new Curve($"{machines} nodes: share that knows", all[0].Curve)],
            Failures = [.. all.Index().Where(o => o.Item.Formed >= Limit.TotalSeconds || o.Item.Spread >= Limit.TotalSeconds)
                .Select(o => $"seed {options.Seed + (ulong)o.Index}: the tables did not become equal")],
        };
    }

    private Outcome RunSeed(ulong seed)
    {
        var town = new MeshTown(seed, machines);
        bool formed = town.Form(TimeSpan.FromMilliseconds(200), Limit);
        double formedAt = formed ? town.Simulation.Now.TotalSeconds : Limit.TotalSeconds;
        town.RunFor(TimeSpan.FromSeconds(40));
        Machine one = town.Machines[town.Random.Next(machines)];
        one.Kill();
        one.Start();
        TimeSpan from = town.Simulation.Now;
        ulong incarnation = ((MeshProcess)one.Process!).Membership.OwnRecord.Incarnation;
        List<(double, double)> curve = [(0, 0)];
        double share = 0;
        while (share < 1 && town.Simulation.Now - from < Limit)
        {
            town.RunFor(Step);
            share = town.Running.Count(p => p.Context.Machine != one
                && p.Membership.Table.TryGet(one.Id, out Member? member) && member.Incarnation >= incarnation) / (machines - 1.0);
            curve.Add(((town.Simulation.Now - from).TotalSeconds, share));
        }
        return new Outcome(formedAt, share < 1 ? Limit.TotalSeconds : (town.Simulation.Now - from).TotalSeconds, curve);
    }

    private sealed record Outcome(double Formed, double Spread, IReadOnlyList<(double, double)> Curve);
}
