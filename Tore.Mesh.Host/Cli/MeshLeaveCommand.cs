using System.CommandLine;
using System.Text.Json.Nodes;
using Tore.Mesh.Primitives;
using Tore.Mesh.Storage;

namespace Tore.Mesh.Host.Cli;

/// <summary><c>tore mesh leave</c>: forgets a private mesh and its secret.</summary>
internal static class MeshLeaveCommand
{
    public static Command Build(CliConsole console)
    {
        Argument<string> name = CliOptions.Required("NAME", "The mesh.");
        Option<string?> data = CliOptions.Data();
        var command = new ToreCommand(
            "leave", "Forget a private mesh and its secret. Who wants back in needs an invite from another member.", "tore mesh leave lab")
        {
            name, data,
        };
        command.Run(console, (parsed, _) =>
        {
            string folder = DataFolder.Prepare(parsed.GetValue(data));
            var store = new MeshStore(folder);
            StoredMesh mesh = store.Get(parsed.GetRequiredValue(name));
            if (RunningNode.Find(folder) is { } running && running.MeshId == mesh.Mesh.Id.ToString())
            {
                throw new ToreException(ErrorCodes.DataFolderLocked,
                    $"A node of '{mesh.Mesh.Name}' runs on this data folder (process {running.ProcessId}). Stop it first.");
            }
            store.Remove(mesh.Mesh.Name);
            if (console.JsonMode)
            {
                console.WriteJson(new JsonObject { ["mesh"] = mesh.Mesh.Name, ["mesh_id"] = mesh.Mesh.Id.ToString() });
                return Task.FromResult(ExitCodes.Ok);
            }
            console.Out.WriteLine($"The mesh '{mesh.Mesh.Name}' ({mesh.Mesh.Id}) and its secret are gone from this data folder.");
            return Task.FromResult(ExitCodes.Ok);
        });
        return command;
    }
}
