using System.Globalization;
using System.Text.Json;
using Spectre.Console;
using Tore.Mesh.Scenarios;

namespace Tore.Mesh.Runner;

/// <summary>Prints what a scenario found: a table, or one JSON object, and by how much a target was missed.</summary>
internal static class Report
{
    /// <summary>Prints it; 0 when every target holds, else 1.</summary>
    public static int Print(IScenario scenario, ScenarioResult result, bool json, TextWriter output)
    {
        if (json)
        {
            output.WriteLine(JsonSerializer.Serialize(new
            {
                scenario = scenario.Name,
                holds = result.Holds,
                figures = result.Figures.Select(f => new { f.Name, Value = Finite(f.Value), f.Target, f.AtMost, f.Holds }),
                failures = result.Failures,
            }, JsonSerializerOptions.Web));
            return result.Holds ? 0 : 1;
        }
        Table table = new Table().AddColumns("figure", "value", "target", "");
        foreach (Figure figure in result.Figures)
        {
            string sign = figure.AtMost ? "<=" : ">=";
            table.AddRow(
                Markup.Escape(figure.Name),
                Number(figure.Value),
                figure.Target is { } target ? $"{sign} {Number(target)}" : "",
                Verdict(figure));
        }
        AnsiConsole.Write(table);
        foreach (string failure in result.Failures)
        {
            output.WriteLine(failure);
        }
        return result.Holds ? 0 : 1;
    }

    /// <summary>Prints the names of all scenarios.</summary>
    public static void PrintList()
    {
        Table table = new Table().AddColumns("scenario", "what it shows");
        foreach (IScenario scenario in AllScenarios.List)
        {
            table.AddRow(scenario.Name, Markup.Escape(scenario.Summary));
        }
        AnsiConsole.Write(table);
    }

    private static string Verdict(Figure figure) => figure switch
    {
        { Target: null } => "",
        { Holds: true } => "holds",
        _ => $"misses by {Number(Math.Abs(figure.Value - figure.Target!.Value))}",
    };

    private static string Number(double value) => value.ToString("#,0.###", CultureInfo.InvariantCulture);

    private static double? Finite(double value) => double.IsFinite(value) ? value : null;
}
