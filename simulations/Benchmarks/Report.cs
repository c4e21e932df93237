using System.Globalization;
using System.Text.Json;
using Spectre.Console;

namespace Tore.Mesh.Benchmarks;

/// <summary>Collects figures; prints them as a table or one JSON object; says by how much a target was missed.</summary>
internal sealed class Report(string suite, bool json)
{
    private readonly List<Figure> _figures = [];

    /// <summary>Adds a figure, and shows it at once on standard error: the whole takes minutes.</summary>
    public void Add(Figure figure)
    {
        _figures.Add(figure);
        Console.Error.WriteLine(string.Create(CultureInfo.InvariantCulture, $"  {figure.Name}: {figure.Value:0.###}"));
    }

    /// <summary>Prints all; 0 when every target holds, else 1.</summary>
    public int Finish()
    {
        if (json)
        {
            Console.WriteLine(JsonSerializer.Serialize(new
            {
                suite,
                figures = _figures.Select(figure => new { figure.Name, figure.Value, figure.Target, figure.AtMost, figure.Holds }),
            }, JsonSerializerOptions.Web));
        }
        else
        {
            Table table = new Table().AddColumns("figure", "value", "target", "");
            foreach (Figure figure in _figures)
            {
                string sign = figure.AtMost ? "<=" : ">=";
                table.AddRow(
                    Markup.Escape(figure.Name),
                    figure.Value.ToString("0.###", CultureInfo.InvariantCulture),
                    figure.Target is { } target ? string.Create(CultureInfo.InvariantCulture, $"{sign} {target:0.###}") : "",
                    Verdict(figure));
            }
            AnsiConsole.Write(table);
        }
        return _figures.TrueForAll(figure => figure.Holds) ? 0 : 1;
    }

    private static string Verdict(Figure figure) => figure switch
    {
        { Target: null } => "",
        { Holds: true } => "holds",
        _ => string.Create(CultureInfo.InvariantCulture, $"misses by {Math.Abs(figure.Value - figure.Target!.Value):0.###}"),
    };
}
