using System.CommandLine;
using System.Text.Json.Nodes;
using Tore.Mesh.Storage;

namespace Tore.Mesh.Host.Cli;

/// <summary><c>tore mesh rotate</c>: a new secret, which shuts out everybody who is not invited again.</summary>
internal static class MeshRotateCommand
{
    public static Command Build(CliConsole console)
    {
        Argument<string> name = CliOptions.Required("NAME", "The mesh.");
        Option<string?> data = CliOptions.Data();
        var command = new ToreCommand(
            "rotate", "Give a private mesh a new secret. Every other member is outside until it takes a new invite.",
            "tore mesh rotate lab")
        {
            name, data,
        };
        command.Run(console, (parsed, _) =>
        {
            string folder = DataFolder.Prepare(parsed.GetValue(data));
            StoredMesh mesh = new MeshStore(folder).Rotate(parsed.GetRequiredValue(name), TimeProvider.System.GetUtcNow());
            string old = mesh.Former[0].ToString();
            bool runs = RunningNode.Find(folder)?.MeshId == old;
            if (console.JsonMode)
            {
                console.WriteJson(new JsonObject
                {
                    ["mesh"] = mesh.Mesh.Name,
                    ["mesh_id"] = mesh.Mesh.Id.ToString(),
                    ["former_mesh_id"] = old,
                    ["restart_needed"] = runs,
                });
                return Task.FromResult(ExitCodes.Ok);
            }
            console.Out.WriteLine($"The mesh '{mesh.Mesh.Name}' has a new secret; its fingerprint was {old} and is now {mesh.Mesh.Id}.");
            console.Out.WriteLine("Old invites are worth nothing now, and who has the old secret is outside. For the members you keep:");
            console.Out.WriteLine((runs ? "  1. restart the node here, which still runs with the old secret: " : "  1. start a node here: ")
                + $"tore up --mesh {mesh.Mesh.Name}");
            console.Out.WriteLine($"  2. make a new invite:     tore invite {mesh.Mesh.Name}");
            console.Out.WriteLine("  3. on every other member: tore up --join INVITE");
            console.Out.WriteLine("'tore doctor' names those that have not done so.");
            return Task.FromResult(ExitCodes.Ok);
        });
        return command;
    }
}
