using Tore.Mesh.Harness;
using Tore.Mesh.Harness.Machines;
using Tore.Mesh.Harness.Mesh;
using Tore.Mesh.Harness.Network;
using Tore.Mesh.Membership.Swim;

namespace Tore.Mesh.Scenarios;

/// <summary>From the end of a node to its death in every table: processes killed and machines without power, in turns.</summary>
internal sealed class DetectionScenario(int machines, int seeds, int rounds, double? medianTarget, double p99Target) : IScenario
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(3);

    /// <inheritdoc/>
    public string Name => $"detection-{machines}";

    /// <inheritdoc/>
    public string Summary => $"A node of {machines} ends: dead everywhere, p50 and p99, by kill and by power loss.";

    /// <inheritdoc/>
    public ScenarioResult Run(ScenarioOptions options)
    {
        Round[][] all = Seeds.Run(options, seeds, RunSeed);
        List<Figure> figures = [];
        List<Curve> curves = [];
        foreach (bool isKill in new[] { false, true })
        {
            string how = isKill ? "killed" : "without power";
            Round[] some = [.. all.SelectMany(r => r).Where(r => r.IsKill == isKill)];
            double[] everywhere = [.. some.Select(r => r.Everywhere)];
            figures.Add(new Figure($"{how}: dead everywhere, p50, s", Seeds.Percentile(everywhere, 0.5), medianTarget));
            figures.Add(new Figure($"{how}: dead everywhere, p99, s", Seeds.Percentile(everywhere, 0.99), p99Target));
            figures.Add(new Figure($"{how}: first to declare it dead, p50, s", Seeds.Percentile(some.Select(r => r.First), 0.5)));
            figures.Add(new Figure($"{how}: samples", everywhere.Length));
            curves.Add(Curve.Of($"{machines} nodes, {how}", everywhere));
        }
        return new ScenarioResult
        {
            Figures = figures,
            Curves = curves,
            Failures = [.. all.SelectMany(r => r).Where(r => r.Failure is not null).Select(r => r.Failure!).Take(10)],
        };
    }

    private Round[] RunSeed(ulong seed)
    {
        var town = new MeshTown(seed, machines, NetworkOptions.Lan);
        if (!town.Form(TimeSpan.FromSeconds(2), Limit))
        {
            return [new Round(false, Limit.TotalSeconds, Limit.TotalSeconds, $"seed {seed}: the mesh did not form")];
        }
        return [.. Enumerable.Range(0, rounds).Select(round => RunRound(town, seed, round))];
    }

    private static Round RunRound(MeshTown town, ulong seed, int round)
    {
        town.RunFor(town.Random.Between(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(12)));
        Machine victim = town.Machines[town.Random.Next(town.Machines.Count)];
        bool isKill = round % 2 == 1;
        Simulation simulation = town.Simulation;
        TimeSpan from = simulation.Now;
        if (isKill)
        {
            victim.Kill();
        }
        else
        {
            victim.PowerOff();
        }
        TimeSpan? first = town.RunUntil(Limit, () => town.Running.Any(p => IsDead(p, victim)));
        TimeSpan? all = town.RunUntil(Limit, () => town.Running.All(p => IsDead(p, victim)));
        double everywhere = (simulation.Now - from).TotalSeconds;
        victim.Start();
        TimeSpan? back = town.RunUntilEqual(Limit);
        string? failure = all is null ? "not dead everywhere in time" : back is null ? "not back everywhere in time" : null;
        failure = failure is null ? null : $"seed {seed}, round {round}: {failure}";
        return new Round(isKill, first?.TotalSeconds ?? everywhere, everywhere, failure);
    }

    private static bool IsDead(MeshProcess process, Machine victim) =>
        process.Membership.Table.TryGet(victim.Id, out Member? member) && member.State == MemberState.Dead;

    private sealed record Round(bool IsKill, double First, double Everywhere, string? Failure);
}
