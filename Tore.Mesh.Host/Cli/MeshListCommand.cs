using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Spectre.Console;
using Tore.Mesh.Primitives;
using Tore.Mesh.Storage;

namespace Tore.Mesh.Host.Cli;

/// <summary><c>tore mesh list</c>: the private meshes of a data folder, and its allow and ban lists. Never a secret.</summary>
internal static class MeshListCommand
{
    public static Command Build(CliConsole console)
    {
        Option<string?> data = CliOptions.Data();
        var command = new ToreCommand(
            "list", "Show the private meshes of this data folder, and who is allowed and banned.", "tore mesh list",
            "tore mesh list --json")
        {
            data,
        };
        command.Run(console, (parsed, _) =>
        {
            string folder = DataFolder.Prepare(parsed.GetValue(data));
            IReadOnlyList<StoredMesh> meshes = new MeshStore(folder).List();
            string? running = RunningNode.Find(folder)?.MeshId;
            IReadOnlyList<NodeId> allowed = AdmissionList.Allowed(folder).Read(), banned = AdmissionList.Banned(folder).Read();
            if (console.JsonMode)
            {
                console.WriteJson(new JsonObject
                {
                    ["meshes"] = new JsonArray([.. meshes.Select(m => JsonOf(m, running))]),
                    ["allowed"] = CliJson.Array(allowed.Select(n => n.ToString())),
                    ["banned"] = CliJson.Array(banned.Select(n => n.ToString())),
                });
                return Task.FromResult(ExitCodes.Ok);
            }
            WriteMeshes(console, meshes, running);
            Write(console, "allowed, and nobody else", allowed);
            Write(console, "banned", banned);
            return Task.FromResult(ExitCodes.Ok);
        });
        return command;
    }

    private static JsonObject JsonOf(StoredMesh mesh, string? running) => new()
    {
        ["mesh"] = mesh.Mesh.Name,
        ["mesh_id"] = mesh.Mesh.Id.ToString(),
        ["made_here"] = mesh.IsMadeHere,
        ["since"] = mesh.Since.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture),
        ["addresses"] = CliJson.Array(mesh.Addresses.Select(a => a.ToString())),
        ["former_mesh_ids"] = CliJson.Array(mesh.Former.Select(f => f.ToString())),
        ["running"] = mesh.Mesh.Id.ToString() == running,
    };

    private static void WriteMeshes(CliConsole console, IReadOnlyList<StoredMesh> meshes, string? running)
    {
        if (meshes.Count == 0)
        {
            console.Out.WriteLine("No private mesh. 'tore mesh new NAME' makes one; 'tore up --join INVITE' takes an invite to one.");
            return;
        }
        Table table = new Table().Border(TableBorder.Simple).AddColumns("mesh", "fingerprint", "secret", "since", "runs here");
        foreach (StoredMesh mesh in meshes)
        {
            table.AddRow(
                Markup.Escape(mesh.Mesh.Name), mesh.Mesh.Id.ToString(), mesh.IsMadeHere ? "made here" : "from an invite",
                mesh.Since.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture),
                mesh.Mesh.Id.ToString() == running ? "yes" : "");
        }
        console.Ansi(console.Out).Write(table);
    }

    private static void Write(CliConsole console, string list, IReadOnlyList<NodeId> nodes)
    {
        if (nodes.Count > 0)
        {
            console.Out.WriteLine($"{list}:");
            foreach (NodeId node in nodes)
            {
                console.Out.WriteLine($"  {node}");
            }
        }
    }
}
