using Tore.Mesh.Harness.Machines;
using Tore.Mesh.Membership.Swim;

namespace Tore.Mesh.Scenarios;

/// <summary>New nodes join a mesh one after the other: from a node's start until everybody has it, and it has everybody.</summary>
internal sealed class JoinScenario(int machines, int seeds, int joins, double p99Target) : IScenario
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    /// <inheritdoc/>
    public string Name => $"join-{machines}";

    /// <inheritdoc/>
    public string Summary => $"A node joins a mesh of {machines}: seen by all, p99.";

    /// <inheritdoc/>
    public ScenarioResult Run(ScenarioOptions options)
    {
        double[][] all = Seeds.Run(options, seeds, RunSeed);
        double[] seen = [.. all.SelectMany(s => s)];
        return new ScenarioResult
        {
            Figures =
            [
                new Figure("a joining node is seen by all, p50, s", Seeds.Percentile(seen, 0.5)),
                new Figure("a joining node is seen by all, p99, s", Seeds.Percentile(seen, 0.99), p99Target),
                new Figure("samples", seen.Length),
            ],
            Curves = [Curve.Of($"{machines} nodes, joined", seen)],
        };
    }

    private double[] RunSeed(ulong seed)
    {
        var town = new MeshTown(seed, machines - joins);
        if (!town.Form(TimeSpan.FromSeconds(2), Limit))
        {
            return [Limit.TotalSeconds];
        }
        double[] seen = new double[joins];
        for (int i = 0; i < joins; i++)
        {
            town.RunFor(town.Random.Between(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(4)));
            Machine joiner = town.Add();
            joiner.Start();
            TimeSpan? time = town.RunUntil(Limit, () => town.AreEqual && town.AllHold(joiner.Id, m => m.State == MemberState.Alive));
            seen[i] = (time ?? Limit).TotalSeconds;
        }
        return seen;
    }
}
