using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Spectre.Console;

namespace Tore.Mesh.Host.Cli;

/// <summary><c>tore status</c>: a running node itself: its mesh, addresses, clock, health, models and warnings.</summary>
internal static class StatusCommand
{
    public static Command Build(CliConsole console)
    {
        var options = new NodeOptions();
        var command = new ToreCommand(
            "status", "Show a running node: its mesh and fingerprint, addresses, clock, health, members, models, warnings.", "tore status",
            "tore status --json");
        foreach (Option option in options.All)
        {
            command.Options.Add(option);
        }
        command.Run(console, async (parsed, cancellation) =>
        {
            using NodeClient client = options.Find(parsed);
            JsonObject status = StatusOf(
                await client.GetAsync("/health", cancellation), await client.GetAsync("/mesh/members", cancellation),
                await client.GetAsync("/mesh/contacts", cancellation), client.Url.ToString().TrimEnd('/'));
            if (console.JsonMode)
            {
                console.WriteJson(status);
            }
            else
            {
                Write(console, status);
            }
            return ExitCodes.Ok;
        });
        return command;
    }

    private static JsonObject StatusOf(JsonObject health, JsonObject members, JsonObject contacts, string http)
    {
        JsonNode? self = members["members"]!.AsArray().FirstOrDefault(m => (bool)m!["self"]!);
        return new JsonObject
        {
            ["node_id"] = health["node_id"]?.DeepClone(),
            ["status"] = health["status"]?.DeepClone(),
            ["version"] = health["version"]?.DeepClone(),
            ["isa"] = health["isa"]?.DeepClone(),
            ["mesh"] = members["mesh"]?.DeepClone(),
            ["mesh_id"] = members["mesh_id"]?.DeepClone(),
            ["mesh_kind"] = MeshKind.Of((string)members["mesh"]!),
            ["http"] = http,
            ["addresses"] = self?["addresses"]?.DeepClone() ?? new JsonArray(),
            ["wire_versions"] = contacts["wire_versions"]?.DeepClone(),
            ["clock_offset_ms"] = members["clock_offset_ms"]?.DeepClone(),
            ["local_health"] = members["local_health"]?.DeepClone(),
            ["members"] = health["members"]?.DeepClone(),
            ["models"] = health["models"]?.DeepClone(),
            ["duplicate_key"] = contacts["duplicate_key"]?.DeepClone(),
            ["warnings"] = contacts["warnings"]?.DeepClone() ?? new JsonArray(),
        };
    }

    private static void Write(CliConsole console, JsonObject status)
    {
        string mesh = (string)status["mesh"]!, fingerprint = (string)status["mesh_id"]!;
        Table table = new Table().HideHeaders().AddColumn("").AddColumn("").Border(TableBorder.None);
        void Row(string name, string? value) => table.AddRow(name, Markup.Escape(value ?? "-"));
        Row("node", $"{status["node_id"]} ({status["status"]}, tore {status["version"]}, {status["isa"]})");
        Row("mesh", MeshKind.Describe(mesh, fingerprint));
        Row("peers dial", string.Join(' ', status["addresses"]!.AsArray().Select(a => (string?)a)));
        Row("http", (string?)status["http"]);
        Row("mesh clock", ClockOf(status["clock_offset_ms"]));
        Row("local health", (int?)status["local_health"] == 0 ? "0, well" : $"{status["local_health"]}, slow: patient with others");
        Row("members", string.Join(", ", status["members"]!.AsObject().Where(m => (int)m.Value! > 0).Select(m => $"{m.Value} {m.Key}")));
        foreach (JsonNode? model in status["models"]!.AsArray())
        {
            Row("model", $"{model!["model_id"]}, {model["total_layers"]} layers: " + ((bool)model["ready"]! ? "ready"
                : $"missing {string.Join(' ', model["missing_layers"]!.AsArray().Select(l => (string?)l))}"));
        }
        foreach (JsonNode? warning in status["warnings"]!.AsArray())
        {
            Row("warning", $"[{warning!["code"]}] {warning["text"]}");
        }
        if (status["duplicate_key"] is JsonObject duplicate)
        {
            Row("warning", $"[{Doctor.FindingCodes.DuplicateKey}] {duplicate["text"]}");
        }
        console.Ansi(console.Out).Write(table);
    }

    private static string ClockOf(JsonNode? offset) => offset is null
        ? "this machine's own: no peer has told its clock yet"
        : string.Create(CultureInfo.InvariantCulture, $"{(double)offset:+0.0;-0.0;0.0} ms from this machine's");
}
