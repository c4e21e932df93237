using Tore.Mesh.Harness.Network;

namespace Tore.Mesh.Scenarios;

/// <summary>A network cut in two for minutes and healed: from then until all tables are equal.</summary>
internal sealed class HealScenario(int machines, int seeds, double p99Target) : IScenario
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    /// <inheritdoc/>
    public string Name => $"heal-{machines}";

    /// <inheritdoc/>
    public string Summary => $"A cut of {machines} nodes in two is healed: time to equal tables, p99.";

    /// <inheritdoc/>
    public ScenarioResult Run(ScenarioOptions options)
    {
        double?[] all = Seeds.Run(options, seeds, RunSeed);
        double[] healed = [.. all.Select(h => h ?? Limit.TotalSeconds)];
        return new ScenarioResult
        {
            Figures =
            [
                new Figure("equal tables after the cut is healed, p50, s", Seeds.Percentile(healed, 0.5)),
                new Figure("equal tables after the cut is healed, p99, s", Seeds.Percentile(healed, 0.99), p99Target),
                new Figure("samples", healed.Length),
            ],
            Curves = [Curve.Of($"{machines} nodes, healed", healed)],
            Failures =
            [
                .. all.Index().Where(h => h.Item is null).Select(h => $"seed {options.Seed + (ulong)h.Index}: no equal tables").Take(10),
            ],
        };
    }

    private double? RunSeed(ulong seed)
    {
        var town = new MeshTown(seed, machines);
        if (!town.Form(TimeSpan.FromSeconds(2), Limit))
        {
            return null;
        }
        town.RunFor(TimeSpan.FromSeconds(5));
        bool[] one = new bool[machines];
        int share = town.Random.Next(machines / 4, (machines / 2) + 1);
        int[] order = [.. Enumerable.Range(0, machines)];
        town.Random.Shuffle(order);
        foreach (int machine in order.Take(share))
        {
            one[machine] = true;
        }
        bool[] other = [.. one.Select(isOne => !isOne)];
        PathRule[] cut = [new PathRule(one, other) { Cuts = true }, new PathRule(other, one) { Cuts = true }];
        Array.ForEach(cut, town.Simulation.Network.Add);
        // Long enough that each side has buried the other.
        town.RunFor(town.Random.Between(TimeSpan.FromSeconds(90), TimeSpan.FromSeconds(150)));
        bool isSplit = town.Running.All(p => p.Membership.Table.Living == (one[p.Context.Machine.Index] ? share : machines - share));
        Array.ForEach(cut, town.Simulation.Network.Remove);
        TimeSpan? healed = town.RunUntilEqual(Limit);
        return isSplit ? healed?.TotalSeconds : null;
    }
}
