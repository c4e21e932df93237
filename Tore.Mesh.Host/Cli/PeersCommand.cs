using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace Tore.Mesh.Host.Cli;

/// <summary><c>tore peers</c>: who is in the mesh, in what state and since when, as a running node sees it.</summary>
internal static class PeersCommand
{
    public static Command Build(CliConsole console)
    {
        var options = new NodeOptions();
        var command = new ToreCommand(
            "peers", "Show who is in the mesh: state, since when, link, round trip, models. 'tore doctor' says why somebody is not.",
            "tore peers", "tore peers --node http://127.0.0.1:7600 --json");
        foreach (Option option in options.All)
        {
            command.Options.Add(option);
        }
        command.Run(console, async (parsed, cancellation) =>
        {
            using NodeClient client = options.Find(parsed);
            JsonObject members = await client.GetAsync("/mesh/members", cancellation);
            members["http"] = client.Url.ToString().TrimEnd('/');
            if (console.JsonMode)
            {
                console.WriteJson(members);
            }
            else
            {
                Write(console, members);
            }
            return ExitCodes.Ok;
        });
        return command;
    }

    private static void Write(CliConsole console, JsonObject body)
    {
        string mesh = (string)body["mesh"]!, fingerprint = (string)body["mesh_id"]!;
        console.Out.WriteLine($"node {body["node_id"]} at {body["http"]}, {MeshKind.Describe(mesh, fingerprint)}");
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        Table table = new Table().Border(TableBorder.Simple).AddColumns(
            "member", "state", "since", "address", "tls", "round trip", "version", "models");
        // The living first; the dead and departed are remembered for a day.
        foreach (JsonNode member in body["members"]!.AsArray().OfType<JsonNode>().OrderBy(m => Rank((string)m["state"]!)))
        {
            bool self = (bool)member["self"]!;
            table.AddRow(
                Cell(self ? $"{member["node_id"]} (this)" : member["node_id"]), Cell(member["state"]), Markup.Escape(Since(member, now)),
                Cell(member["addresses"]!.AsArray().FirstOrDefault() ?? member["link_address"]), Cell(member["tls"]),
                Markup.Escape(RoundTrip(member)), Cell(member["version"]), Markup.Escape(Models(member)));
        }
        console.Ansi(console.Out).Write(table);
    }

    private static int Rank(string state) => state switch
    {
        "alive" => 0,
        "suspect" => 1,
        "dead" => 2,
        _ => 3,
    };

    private static string Since(JsonNode member, DateTimeOffset now)
    {
        TimeSpan ago = now - DateTimeOffset.Parse((string)member["since"]!, CultureInfo.InvariantCulture);
        return ago.TotalMinutes < 1 ? string.Create(CultureInfo.InvariantCulture, $"{Math.Max(0, ago.TotalSeconds):0} s")
            : ago.TotalHours < 1 ? string.Create(CultureInfo.InvariantCulture, $"{ago.TotalMinutes:0} min")
            : ago.TotalDays < 1 ? string.Create(CultureInfo.InvariantCulture, $"{ago.TotalHours:0.0} h")
            : string.Create(CultureInfo.InvariantCulture, $"{ago.TotalDays:0.0} d");
    }

    private static string RoundTrip(JsonNode member) => member["round_trip_ms"] is JsonNode ms
        ? string.Create(CultureInfo.InvariantCulture, $"{(double)ms:0.0} ms")
        : member["predicted_round_trip_ms"] is JsonNode predicted
            ? string.Create(CultureInfo.InvariantCulture, $"~{(double)predicted:0.0} ms") : "-";

    private static string Models(JsonNode member) => string.Join(' ', member["models"]!.AsArray().Select(
        m => m!["open"] is JsonNode open ? $"{m["model_id"]}:{open}" : (string?)m["model_id"]));

    private static string Cell(JsonNode? value) => Markup.Escape(value?.ToString() ?? "-");
}
