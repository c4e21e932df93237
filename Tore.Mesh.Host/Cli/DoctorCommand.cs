using System.CommandLine;
using System.Globalization;
using System.Security.Authentication;
using System.Text.Json.Nodes;
using Tore.Mesh.Host.Doctor;
using Tore.Mesh.Membership;
using Tore.Mesh.Node;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Host.Cli;

/// <summary><c>tore doctor</c>: why a peer is not there, and what to do.</summary>
internal static class DoctorCommand
{
    public static Command Build(CliConsole console)
    {
        var address = new Argument<string[]>("HOST:PORT")
        {
            Description = "Addresses to try: each is dialled, and its handshake run through.",
            Arity = ArgumentArity.ZeroOrMore,
        };
        Option<string?> node = CliOptions.Text("--node", "The node's HTTP address; default the one that runs on the data folder.", "URL");
        Option<string?> key = CliOptions.Text("--api-key-file", "File with the node's key, where it wants one.", "FILE");
        Option<string?> mesh = CliOptions.Text("--mesh", "The mesh to try addresses with, where no node runs.", "NAME");
        Option<bool> open = CliOptions.Flag("--open", "Try addresses with the open mesh, where no node runs.");
        Option<string?> tls = CliOptions.Choice("--tls-min", "Oldest TLS that a try takes (default 1.2).", "1.2", "1.3");
        Option<string?> data = CliOptions.Data();
        var command = new ToreCommand(
            "doctor", "Say why peers are not there, and what to do. Exit code 0 when all is well, 1 when something is not.",
            "tore doctor", "tore doctor 192.168.1.7:7601", "tore doctor lab.example:7601 --mesh lab --json")
        {
            address, node, data, key, mesh, open, tls,
        };
        command.Run(console, async (parsed, cancellation) =>
        {
            var request = new DoctorRequest
            {
                Node = parsed.GetValue(node),
                DataFolder = parsed.GetValue(data),
                ApiKeyFile = parsed.GetValue(key),
                Mesh = parsed.GetValue(mesh),
                Open = parsed.GetValue(open),
                Addresses = [.. (parsed.GetValue(address) ?? []).Select(ReadAddress)],
                OldestTls = parsed.GetValue(tls) == "1.3" ? SslProtocols.Tls13 : SslProtocols.Tls12,
            };
            DoctorFacts facts = await new FactGatherer(request, TimeProvider.System).GatherAsync(cancellation);
            IReadOnlyList<Finding> findings = DoctorFindings.Of(facts);
            bool well = !findings.Any(f => f.IsProblem);
            if (console.JsonMode)
            {
                console.WriteJson(JsonOf(facts, findings, well));
            }
            else
            {
                Write(console, facts, findings, well);
            }
            return well ? ExitCodes.Ok : ExitCodes.Failure;
        });
        return command;
    }

    private static PeerAddress ReadAddress(string text) => PeerAddress.TryParse(text, out PeerAddress address)
        ? address
        : throw new ToreException(ErrorCodes.InvalidRequest, $"'{text}' is not host:port or [v6]:port.");

    private static JsonObject JsonOf(DoctorFacts facts, IReadOnlyList<Finding> findings, bool well) => new()
    {
        ["well"] = well,
        ["node_id"] = facts.Node?.NodeId,
        ["mesh"] = facts.Mesh,
        ["mesh_id"] = facts.MeshId.ToString(),
        ["tries"] = new JsonArray([.. facts.Probes.Select(JsonOf)]),
        ["findings"] = new JsonArray([.. findings.Select(f => new JsonObject
        {
            ["code"] = f.Code,
            ["problem"] = f.IsProblem,
            ["about"] = f.About,
            ["what"] = f.What,
            ["why"] = f.Why,
            ["do"] = f.Do,
        })]),
    };

    private static JsonObject JsonOf(LinkProbeResult probe) => new()
    {
        ["address"] = probe.Address.ToString(),
        ["linked"] = probe.Outcome == LinkProbeOutcome.Linked,
        ["resolved"] = CliJson.Array(probe.Resolved),
        ["node_id"] = probe.Peer?.ToString(),
        ["security"] = probe.Security,
        ["code"] = probe.Code,
        ["text"] = probe.Text,
    };

    private static void Write(CliConsole console, DoctorFacts facts, IReadOnlyList<Finding> findings, bool well)
    {
        if (facts.Node is { } node)
        {
            int living = node.Members.Count(m => m is { IsSelf: false, IsLiving: true });
            string others = living == 1 ? "member" : "members";
            console.Out.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"node {node.NodeId}, {MeshKind.Describe(node.Mesh, node.MeshId)}; {living} other {others} here"));
        }
        foreach (LinkProbeResult probe in facts.Probes.Where(p => p.Outcome == LinkProbeOutcome.Linked))
        {
            console.Out.WriteLine($"{probe.Address}: node {probe.Peer} answers ({probe.Security}); its key, mesh and version are good.");
        }
        foreach (Finding finding in findings)
        {
            console.Out.WriteLine();
            console.Out.WriteLine($"{(finding.IsProblem ? "problem" : "note")} [{finding.Code}] {finding.What}");
            console.Out.WriteLine($"  why: {finding.Why}");
            console.Out.WriteLine($"  do:  {finding.Do}");
        }
        if (findings.Count > 0)
        {
            console.Out.WriteLine();
        }
        int problems = findings.Count(f => f.IsProblem);
        console.Out.WriteLine(well ? "All is well." : string.Create(CultureInfo.InvariantCulture,
            $"{problems} {(problems == 1 ? "problem" : "problems")}."));
    }
}
