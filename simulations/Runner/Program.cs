using System.CommandLine;
using Tore.Mesh.Runner;
using Tore.Mesh.Scenarios;

Option<int?> seeds = new("--seeds") { Description = "How many seeds; each scenario has a number of its own.", Recursive = true };
Option<ulong> seed = new("--seed") { Description = "The first seed.", DefaultValueFactory = _ => 1, Recursive = true };
Option<double?> hours = new("--hours") { Description = "Simulated hours of the long scenarios.", Recursive = true };
Option<int> threads = new("--threads")
{
    Description = "Seeds that run at once, each on one thread.",
    DefaultValueFactory = _ => Environment.ProcessorCount,
    Recursive = true,
};
Option<bool> json = new("--json") { Description = "Print one JSON object.", Recursive = true };
Option<FileInfo?> svg = new("--svg") { Description = "Write a picture of the curves to this file.", Recursive = true };

Option<string?> only = new("--only") { Description = "One mutant, by its name.", Recursive = true };

RootCommand root = new("Runs scenarios of the simulator. Each exits with 1 when a figure misses its target, and says by how much.")
{
    seeds, seed, hours, threads, json, svg, only,
};

ScenarioOptions OptionsOf(ParseResult parsed) => new()
{
    Seed = parsed.GetValue(seed),
    Seeds = parsed.GetValue(seeds),
    Hours = parsed.GetValue(hours),
    Only = parsed.GetValue(only),
    Threads = Math.Max(1, parsed.GetValue(threads)),
    Progress = static text => Console.Error.WriteLine("  " + text),
    Program = [Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") ?? "dotnet", "exec", typeof(Report).Assembly.Location],
};

foreach (IScenario scenario in AllScenarios.List)
{
    Command command = new(scenario.Name, scenario.Summary);
    command.SetAction(parsed =>
    {
        ScenarioResult result = scenario.Run(OptionsOf(parsed));
        if (parsed.GetValue(svg) is { } file)
        {
            File.WriteAllText(file.FullName, SvgChart.Draw(scenario.Summary, result.Curves));
        }
        return Report.Print(scenario, result, parsed.GetValue(json), Console.Out);
    });
    root.Subcommands.Add(command);
}

Command list = new("list", "All scenarios.");
list.SetAction(_ => Report.PrintList());
root.Subcommands.Add(list);

Command hashes = new(DeterminismScenario.Hashes, "The trace hash of each seed, one a line.") { Hidden = true };
hashes.SetAction(parsed =>
{
    foreach (string hash in DeterminismScenario.HashesOf(OptionsOf(parsed) with { Progress = static _ => { } }, 1))
    {
        Console.WriteLine(hash);
    }
});
root.Subcommands.Add(hashes);

Command hunt = new(Hunt.Command, "Swarms until a checker finds something, and prints it; for copies with a bug.") { Hidden = true };
hunt.SetAction(parsed =>
{
    string? found = Hunt.Run(OptionsOf(parsed) with { Progress = static _ => { } });
    Console.WriteLine(found);
    return found is null ? 0 : 1;
});
root.Subcommands.Add(hunt);

return await root.Parse(args).InvokeAsync();
