using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace Tore.Mesh.Host.Cli;

/// <summary><c>tore peers</c>: a running node, the models it can answer with, and the peers it is linked to.</summary>
internal static class PeersCommand
{
    public static Command Build(CliConsole console)
    {
        Option<string?> node = CliOptions.Text("--node", "The node's HTTP address; default the one that runs on the data folder.", "URL");
        Option<string?> data = CliOptions.Text("--data", "Data folder of the node.", "DIR");
        Option<string?> key = CliOptions.Text("--api-key-file", "File with the node's key, where it wants one.", "FILE");
        var command = new ToreCommand(
            "peers", "Show a running node, its models and its peers.", "tore peers", "tore peers --node http://127.0.0.1:7600 --json")
        {
            node, data, key,
        };
        command.Run(console, async (parsed, cancellation) =>
        {
            using NodeClient client = NodeClient.Find(parsed.GetValue(node), parsed.GetValue(data), parsed.GetValue(key));
            JsonObject health = await client.GetAsync("/health", cancellation);
            health["http"] = client.Url.ToString().TrimEnd('/');
            if (console.JsonMode)
            {
                console.WriteJson(health);
            }
            else
            {
                Write(console, health);
            }
            return ExitCodes.Ok;
        });
        return command;
    }

    private static void Write(CliConsole console, JsonObject health)
    {
        console.Out.WriteLine($"node {health["node_id"]} ({health["status"]}, mesh {health["mesh"]}, {health["isa"]}) at {health["http"]}");
        Table models = new Table().Border(TableBorder.Simple).AddColumns("model", "layers", "here", "ready");
        foreach (JsonNode? model in health["models"]!.AsArray())
        {
            string here = model!["layer_start"] is JsonNode start ? $"{start}-{model["layer_end"]}" : "-";
            string ready = (bool)model["ready"]! ? "yes"
                : $"missing {string.Join(' ', model["missing_layers"]!.AsArray().Select(l => (string?)l))}";
            models.AddRow(Cell(model["model_id"]), Cell(model["total_layers"]), Markup.Escape(here), Markup.Escape(ready));
        }
        Table peers = new Table().Border(TableBorder.Simple).AddColumns("peer", "address", "tls", "round trip", "isa", "models");
        foreach (JsonNode? peer in health["peers"]!.AsArray())
        {
            string trip = peer!["round_trip_ms"] is JsonNode ms ? string.Create(CultureInfo.InvariantCulture, $"{(double)ms:0.0} ms") : "-";
            peers.AddRow(
                Cell(peer["node_id"]), Cell(peer["address"]), Cell(peer["tls"]), trip, Cell(peer["isa"]),
                Markup.Escape(string.Join(' ', peer["models"]!.AsArray().Select(m => (string?)m))));
        }
        console.Ansi(console.Out).Write(models);
        console.Ansi(console.Out).Write(peers);
    }

    private static string Cell(JsonNode? value) => Markup.Escape(value?.ToString() ?? "-");
}
