using System.CommandLine;
using System.Text.Json.Nodes;
using Tore.Mesh.Node;
using Tore.Mesh.Storage;

namespace Tore.Mesh.Host.Cli;

/// <summary><c>tore mesh new</c>: a private mesh with a secret of its own.</summary>
internal static class MeshNewCommand
{
    public static Command Build(CliConsole console)
    {
        Argument<string> name = CliOptions.Required("NAME", "What it is called: letters, digits, dashes, dots, underscores.");
        Option<string?> data = CliOptions.Data();
        var command = new ToreCommand(
            "new", "Make a private mesh: a name, and a secret of 32 random bytes that stays in the data folder.", "tore mesh new lab")
        {
            name, data,
        };
        command.Run(console, (parsed, _) =>
        {
            string folder = DataFolder.Prepare(parsed.GetValue(data));
            StoredMesh mesh = new MeshStore(folder).Create(parsed.GetRequiredValue(name), TimeProvider.System.GetUtcNow());
            if (console.JsonMode)
            {
                console.WriteJson(new JsonObject { ["mesh"] = mesh.Mesh.Name, ["mesh_id"] = mesh.Mesh.Id.ToString() });
                return Task.FromResult(ExitCodes.Ok);
            }
            console.Out.WriteLine($"The private mesh '{mesh.Mesh.Name}' is made; its fingerprint is {mesh.Mesh.Id}.");
            console.Out.WriteLine($"  let a machine in: tore invite {mesh.Mesh.Name}");
            console.Out.WriteLine($"  run a node of it: tore up --mesh {mesh.Mesh.Name} --listen 0.0.0.0:{MeshNodeOptions.DefaultPort}");
            return Task.FromResult(ExitCodes.Ok);
        });
        return command;
    }
}
