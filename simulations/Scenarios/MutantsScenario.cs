using System.Globalization;
using Tore.Mesh.Harness.Faults;

namespace Tore.Mesh.Scenarios;

/// <summary>
/// What the simulator is worth: bugs that are easily made, each a patch in <c>simulations/Mutants</c>, are planted one by one in a copy of
/// the source, built, and hunted with the swarm scenario. Every one must be caught, on a seed that finds nothing in the source as it is.
/// </summary>
internal sealed class MutantsScenario : IScenario
{
    private const int MutantsLeast = 10;

    /// <inheritdoc/>
    public string Name => "mutants";

    /// <inheritdoc/>
    public string Summary => "Planted bugs, each built from a patched copy of the source and hunted on 2,000 seeds; some minutes.";

    /// <inheritdoc/>
    public ScenarioResult Run(ScenarioOptions options)
    {
        if (MutantCopy.FindSource() is not { } root || options.Program.Count == 0)
        {
            return new ScenarioResult { Failures = ["The mutants are built from the source, which does not lie above this program."] };
        }
        List<Figure> figures = [];
        List<string> failures = [];
        int caught = 0;
        using var copy = new MutantCopy(root);
        if (copy.Build(options.Program[0]) is { } failure)
        {
            return new ScenarioResult { Failures = [$"The copy without a bug could not be built:\n{failure}"] };
        }
        string[] patches = [.. MutantCopy.Patches(root)
            .Where(p => options.Only is null || Path.GetFileNameWithoutExtension(p) == options.Only)];
        foreach (string patch in patches)
        {
            string name = Path.GetFileNameWithoutExtension(patch);
            (int? runs, string text) = HuntOne(copy, patch, options);
            options.Progress($"{name}: {(runs is null ? "" : $"caught by run {runs}: ")}{text}");
            if (runs is { } count)
            {
                caught++;
                figures.Add(new Figure($"{name}: runs until it was caught", count, options.Seeds ?? Hunt.SeedsByDefault));
            }
            else
            {
                failures.Add($"{name}: {text}");
            }
        }
        figures.Add(new Figure("mutants caught", caught, options.Only is null ? Math.Max(MutantsLeast, patches.Length) : 1, AtMost: false));
        return new ScenarioResult { Figures = figures, Failures = failures };
    }

    /// <summary>How many runs it took; null for one that was not caught, and why.</summary>
    private static (int? Runs, string Text) HuntOne(MutantCopy copy, string patch, ScenarioOptions options)
    {
        if (copy.Apply(patch) is { } unfit)
        {
            return (null, $"the patch does not fit the source any more: {unfit}");
        }
        try
        {
            string dotnet = options.Program[0];
            if (copy.Build(dotnet) is { } broken)
            {
                return (null, $"the patched source does not build: {broken}");
            }
            (bool found, string text) = copy.Hunt(dotnet, options.Seed, options.Seeds ?? Hunt.SeedsByDefault, options.Threads);
            if (!found)
            {
                return (null, "nobody noticed");
            }
            string[] parts = text.Split(' ', 3);
            ulong seed = ulong.Parse(parts[0], CultureInfo.InvariantCulture);
            return SwarmRun.Run(new ScheduleGenerator().Draw(seed)).Violations.Count > 0
                ? (null, $"seed {seed} fails without the bug, too")
                : (int.Parse(parts[1], CultureInfo.InvariantCulture), $"seed {seed}, {parts[2]}");
        }
        finally
        {
            copy.Revert(patch);
        }
    }
}
