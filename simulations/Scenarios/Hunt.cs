using System.Globalization;
using Tore.Mesh.Checkers;
using Tore.Mesh.Harness.Faults;

namespace Tore.Mesh.Scenarios;

/// <summary>Runs swarms until a checker finds something: what the runner does in a copy of the source with a planted bug.</summary>
internal static class Hunt
{
    /// <summary>The command by which a copy's runner is told to hunt.</summary>
    public const string Command = "hunt";

    /// <summary>Seeds that a bug has at most.</summary>
    public const int SeedsByDefault = 2000;

    /// <summary>The first finding as <c>SEED RUNS TEXT</c>; null when no seed finds anything.</summary>
    public static string? Run(ScenarioOptions options)
    {
        int runs = 0;
        string? found = null;
        Seeds.Run(options, SeedsByDefault, seed =>
        {
            if (Volatile.Read(ref found) is not null)
            {
                return false;
            }
            int run = Interlocked.Increment(ref runs);
            if (SwarmRun.Run(new ScheduleGenerator().Draw(seed)).Violations is [Violation first, ..])
            {
                string line = first.ToString().Split('\n')[0];
                Interlocked.CompareExchange(ref found, string.Create(CultureInfo.InvariantCulture, $"{seed} {run} {line}"), null);
            }
            return true;
        });
        return found;
    }
}
