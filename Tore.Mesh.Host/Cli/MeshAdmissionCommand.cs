using System.CommandLine;
using System.Text.Json.Nodes;
using Tore.Mesh.Primitives;
using Tore.Mesh.Storage;

namespace Tore.Mesh.Host.Cli;

/// <summary>
/// <c>tore mesh ban</c>, <c>unban</c>, <c>allow</c>, <c>disallow</c>: whom this node takes for a peer, in any mesh. A running node
/// follows within seconds.
/// </summary>
internal static class MeshAdmissionCommand
{
    public static Command Ban(CliConsole console) => Build(
        console, "ban", "Never take a node for a peer, whichever mesh it proves. Each node keeps its own list.", AdmissionList.Banned,
        (list, node) => list.Add(node), "is banned here", "was banned already");

    public static Command Unban(CliConsole console) => Build(
        console, "unban", "Take a node off the ban list.", AdmissionList.Banned,
        (list, node) => list.Remove(node), "is no longer banned here", "was not banned");

    public static Command Allow(CliConsole console) => Build(
        console, "allow", "Put a node on the allow list. While it holds anybody, only those on it are taken for peers.",
        AdmissionList.Allowed, (list, node) => list.Add(node), "is on the allow list", "was on the allow list already");

    public static Command Disallow(CliConsole console) => Build(
        console, "disallow", "Take a node off the allow list. An empty list admits everybody who is not banned.", AdmissionList.Allowed,
        (list, node) => list.Remove(node), "is no longer on the allow list", "was not on the allow list");

    private static ToreCommand Build(
        CliConsole console, string name, string help, Func<string, AdmissionList> find, Func<AdmissionList, NodeId, bool> change,
        string done, string alreadySo)
    {
        Argument<string> node = CliOptions.Required("ID", "The node's id, 36 characters, as 'tore peers' shows it.");
        Option<string?> data = CliOptions.Data();
        var command = new ToreCommand(name, help, $"tore mesh {name} 3f0e8a52-6c1d-8b7e-9a44-0d5be2f1c6a7")
        {
            node, data,
        };
        command.Run(console, (parsed, _) =>
        {
            NodeId id = NodeIds.Read("ID", parsed.GetRequiredValue(node));
            string folder = DataFolder.Prepare(parsed.GetValue(data));
            bool changed = change(find(folder), id);
            int allowed = AdmissionList.Allowed(folder).Read().Count, banned = AdmissionList.Banned(folder).Read().Count;
            if (console.JsonMode)
            {
                console.WriteJson(new JsonObject
                {
                    ["node_id"] = id.ToString(),
                    ["changed"] = changed,
                    ["allowed"] = allowed,
                    ["banned"] = banned,
                });
                return Task.FromResult(ExitCodes.Ok);
            }
            console.Out.WriteLine($"{id} {(changed ? done : alreadySo)}.");
            console.Out.WriteLine(allowed == 0
                ? $"Everybody who proves the mesh is taken for a peer, but for {banned} banned."
                : $"Only the {allowed} on the allow list are taken for peers, but for {banned} banned.");
            return Task.FromResult(ExitCodes.Ok);
        });
        return command;
    }
}
