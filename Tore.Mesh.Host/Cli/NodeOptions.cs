using System.CommandLine;

namespace Tore.Mesh.Host.Cli;

/// <summary>The options that name a running node: those of the commands that ask one.</summary>
internal sealed class NodeOptions
{
    public Option<string?> Node { get; } = CliOptions.Text(
        "--node", "The node's HTTP address; default the one that runs on the data folder.", "URL");

    public Option<string?> Data { get; } = CliOptions.Data();

    public Option<string?> ApiKeyFile { get; } = CliOptions.Text("--api-key-file", "File with the node's key, where it wants one.", "FILE");

    /// <summary>All of them.</summary>
    public IEnumerable<Option> All => [Node, Data, ApiKeyFile];

    /// <summary>A client of the node that the command line names; <c>peer_unreachable</c> where there is none.</summary>
    public NodeClient Find(ParseResult parsed) =>
        NodeClient.Find(parsed.GetValue(Node), parsed.GetValue(Data), parsed.GetValue(ApiKeyFile));
}
