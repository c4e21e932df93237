using System.Diagnostics;
using System.Text;
using Tore.Mesh.Harness.Faults;

namespace Tore.Mesh.Scenarios;

/// <summary>Small meshes under random faults with every checker: what CI and the mutants run. A failure is shrunk and printed.</summary>
internal sealed class SwarmScenario : IScenario
{
    private const int SeedsByDefault = 2000;

    /// <inheritdoc/>
    public string Name => "swarm";

    /// <inheritdoc/>
    public string Summary => "5 to 8 nodes under random faults, all checkers; 2,000 seeds (--seeds).";

    /// <inheritdoc/>
    public ScenarioResult Run(ScenarioOptions options) => Run(options, null, SeedsByDefault, stopAtFirst: false);

    /// <summary>The same with a change to each finished town.</summary>
    public static ScenarioResult Run(ScenarioOptions options, Action<MeshTown>? change, int seeds, bool stopAtFirst)
    {
        var generator = new ScheduleGenerator();
        var time = Stopwatch.StartNew();
        bool found = false;
        SwarmOutcome?[] outcomes = Seeds.Run(options, seeds, seed =>
        {
            if (stopAtFirst && Volatile.Read(ref found))
            {
                return null;
            }
            SwarmOutcome outcome = SwarmRun.Run(generator.Draw(seed), change);
            if (outcome.Violations.Count > 0)
            {
                Volatile.Write(ref found, true);
            }
            return outcome;
        });
        time.Stop();
        SwarmOutcome[] run = [.. outcomes.OfType<SwarmOutcome>()];
        int[] failing = [.. outcomes.Index().Where(o => o.Item is { Violations.Count: > 0 }).Select(o => o.Index)];
        return new ScenarioResult
        {
            Figures =
            [
                new Figure("seeds that failed", failing.Length, 0),
                new Figure("seeds", run.Length),
                new Figure("simulated hours", run.Sum(o => o.Time.TotalHours)),
                new Figure("suspicions", run.Sum(o => o.Seen.Suspicions)),
                new Figure("deaths", run.Sum(o => o.Seen.Deaths)),
                new Figure("farewells", run.Sum(o => o.Seen.Farewells)),
                new Figure("returns", run.Sum(o => o.Seen.Returns)),
                new Figure("million events", run.Sum(o => o.Events) / 1e6),
                new Figure("seconds", time.Elapsed.TotalSeconds),
            ],
            Failures = [.. failing.Take(1).Select(i => Describe(options.Seed + (ulong)i, change))
                .Concat(failing.Skip(1).Take(20).Select(i => $"seed {options.Seed + (ulong)i}: {outcomes[i]!.Violations[0]}"))],
        };
    }

    /// <summary>A failing seed: what was found, the smallest schedule that still fails, and how to run it again.</summary>
    private static string Describe(ulong seed, Action<MeshTown>? change)
    {
        Schedule schedule = new ScheduleGenerator().Draw(seed);
        SwarmOutcome outcome = SwarmRun.Run(schedule, change);
        var shrinker = new ScheduleShrinker(s => SwarmRun.Run(s, change).Violations.Count > 0);
        Schedule small = shrinker.Shrink(schedule);
        SwarmOutcome left = SwarmRun.Run(small, change);
        var text = new StringBuilder();
        text.AppendLine(schedule.ToString());
        text.AppendLine($"  {outcome.Violations[0]}");
        text.AppendLine($"shrunk in {shrinker.Runs} runs to");
        text.AppendLine(small.ToString());
        text.AppendLine($"  {left.Violations[0]}");
        text.Append($"again: dotnet run --project simulations/Runner -c Release -- swarm --seed {seed} --seeds 1");
        return text.ToString();
    }
}
