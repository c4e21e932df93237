using System.Diagnostics;
using System.Globalization;
using Tore.Mesh.Harness.Faults;

namespace Tore.Mesh.Scenarios;

/// <summary>The same seeds in this process and in another: equal trace hashes, seed for seed.</summary>
internal sealed class DeterminismScenario : IScenario
{
    /// <summary>The command by which the other process prints its hashes.</summary>
    public const string Hashes = "hashes";

    private const int SeedsByDefault = 1000;

    /// <inheritdoc/>
    public string Name => "determinism";

    /// <inheritdoc/>
    public string Summary => "Trace hashes of 1,000 seeds (--seeds) in two processes: equal.";

    /// <summary>The hashes of seeds, as text, in order.</summary>
    public static string[] HashesOf(ScenarioOptions options, int count) =>
        Seeds.Run(options, count, seed => HashOf(seed).ToString("x16", CultureInfo.InvariantCulture));

    /// <inheritdoc/>
    public ScenarioResult Run(ScenarioOptions options)
    {
        string[] here = HashesOf(options, SeedsByDefault);
        string[] there = InAnotherProcess(options, here.Length);
        int[] different = [.. Enumerable.Range(0, here.Length).Where(i => i >= there.Length || here[i] != there[i])];
        return new ScenarioResult
        {
            Figures =
            [
                new Figure("seeds whose hashes differ between two processes", different.Length, 0),
                new Figure("seeds", here.Length),
                new Figure("different hashes among them", here.Distinct().Count(), here.Length, AtMost: false),
            ],
            Failures = [.. different.Take(10).Select(i =>
                $"seed {options.Seed + (ulong)i}: {here[i]} here, {(i < there.Length ? there[i] : "nothing")} there")],
        };
    }

    private static ulong HashOf(ulong seed) => SwarmRun.Run(new ScheduleGenerator().Draw(seed)).Hash;

    private static string[] InAnotherProcess(ScenarioOptions options, int count)
    {
        if (options.Program.Count == 0)
        {
            return [];
        }
        var start = new ProcessStartInfo(options.Program[0]) { RedirectStandardOutput = true };
        string[] rest =
        [
            .. options.Program.Skip(1), Hashes,
            "--seeds", count.ToString(CultureInfo.InvariantCulture),
            "--seed", options.Seed.ToString(CultureInfo.InvariantCulture),
            "--threads", options.Threads.ToString(CultureInfo.InvariantCulture),
        ];
        foreach (string argument in rest)
        {
            start.ArgumentList.Add(argument);
        }
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
    }
}
