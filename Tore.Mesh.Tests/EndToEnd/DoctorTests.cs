using System.Text.Json.Nodes;
using Tore.Mesh.Tests.Support;

namespace Tore.Mesh.Tests.EndToEnd;

/// <summary><c>tore doctor</c>, <c>tore peers</c> and <c>tore status</c> on real nodes on loopback, without mDNS.</summary>
public sealed class DoctorTests
{
    [Fact]
    public async Task Doctor_NodeWithTheOldSecret_IsNamedOnBothSides()
    {
        using var folder = new TemporaryFolder();
        string old = await InviteAsync(folder.PathOf("a"), "127.0.0.1:1");
        await RunAsync("mesh", "rotate", "lab", "--data", folder.PathOf("a"), "--json");
        await using UpNode inside = await UpNode.StartAsync(folder.PathOf("a"), "--mesh", "lab");
        await using UpNode outside = await UpNode.StartAsync(folder.PathOf("b"), "--join", old, "--seed", inside.Listen);

        // The node that knows of the rotation says what it is, by the id of the node that was refused.
        JsonNode found = await FindingAsync(folder.PathOf("a"), "old_secret");
        Assert.Equal(outside.Id, (string?)found["about"]);
        Assert.Contains("tore invite lab", (string?)found["do"], StringComparison.Ordinal);
        // The one that was left behind names whom it cannot join, and how to.
        found = await FindingAsync(folder.PathOf("b"), "wrong_mesh");
        Assert.Equal(inside.Id, (string?)found["about"]);
        Assert.Contains(inside.Listen, (string?)found["what"], StringComparison.Ordinal);
        Assert.Contains("tore up --join", (string?)found["do"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_NodeWithTheOldSecretHeardByMdnsAlone_IsNamed()
    {
        using PrivateNetwork network = PrivateNetwork.Create();
        using var folder = new TemporaryFolder();
        string old = await InviteAsync(folder.PathOf("a"), "127.0.0.1:1");
        await RunAsync("mesh", "rotate", "lab", "--data", folder.PathOf("a"), "--json");
        string fresh = await InviteAsync(folder.PathOf("a"), "127.0.0.1:1");
        await using UpNode first = await UpNode.StartAsync(network, folder.PathOf("a"), "--mesh", "lab");
        await using UpNode second = await UpNode.StartAsync(network, folder.PathOf("b"), "--join", fresh);
        await using UpNode outside = await UpNode.StartAsync(network, folder.PathOf("c"), "--join", old);
        // No address of an invite leads anywhere here: the members found each other by mDNS.
        await first.WaitForStateAsync(second, "alive");
        JsonNode found = await FindingAsync(folder.PathOf("a"), "old_secret", network);
        Assert.Equal((outside.Id, true), ((string?)found["about"], (bool)found["problem"]!));
        Assert.Contains("mDNS", (string?)found["what"], StringComparison.Ordinal);
        // The second member cannot know that the fingerprint was once its mesh's.
        Assert.Equal(outside.Id, (string?)(await FindingAsync(folder.PathOf("b"), "other_mesh", network))["about"]);
    }

    [Fact]
    public async Task Doctor_BannedNode_IsToldSoAndTheBannerOnlyNotesIt()
    {
        using var folder = new TemporaryFolder();
        await using UpNode banned = await UpNode.StartAsync(folder.PathOf("b"), "--open");
        await using UpNode banner = await UpNode.StartAsync(folder.PathOf("a"), "--open", "--ban", banned.Id);
        await banned.LeaveAsync();
        await using UpNode again = await UpNode.StartAsync(folder.PathOf("b"), "--open", "--seed", banner.Listen);
        JsonNode theirs = await FindingAsync(folder.PathOf("b"), "banned");
        Assert.True((bool)theirs["problem"]!);
        Assert.Contains(banner.Id, (string?)theirs["why"], StringComparison.Ordinal);
        JsonNode ours = await FindingAsync(folder.PathOf("a"), "banned");
        Assert.Equal((again.Id, false), ((string?)ours["about"], (bool)ours["problem"]!));
    }

    [Fact]
    public async Task Doctor_SeedsThatLeadNowhere_AreToldApart()
    {
        using var folder = new TemporaryFolder();
        string nobody = Transport.FreePort.Take().ToString();
        await using UpNode open = await UpNode.StartAsync(folder.PathOf("b"), "--open");
        string invite = await InviteAsync(folder.PathOf("a"), "no-such-host.invalid:7601");
        await RunAsync("mesh", "leave", "lab", "--data", folder.PathOf("a"), "--json");
        await using UpNode node = await UpNode.StartAsync(
            folder.PathOf("a"), "--join", invite, "--seed", nobody, "--seed", open.Listen);
        Assert.Equal(nobody, (string?)(await FindingAsync(folder.PathOf("a"), "nothing_listens"))["about"]);
        Assert.Equal("no-such-host.invalid:7601", (string?)(await FindingAsync(folder.PathOf("a"), "name_not_found"))["about"]);
        Assert.Equal(open.Id, (string?)(await FindingAsync(folder.PathOf("a"), "open_and_private"))["about"]);
        // Asking about an address that is good says so, and disturbs nothing.
        ToreCommandLine.Outcome good = await ToreCommandLine.RunAsync("doctor", open.Listen, "--data", folder.PathOf("b"), "--json");
        Assert.Equal("peer_is_self", (string?)good.Json["tries"]![0]!["code"]);
    }

    [Fact]
    public async Task PeersAndStatus_MemberKilled_ShowIt()
    {
        using var folder = new TemporaryFolder();
        await using UpNode first = await UpNode.StartAsync(folder.PathOf("a"), "--open", "--model", "stories");
        UpNode second = await UpNode.StartAsync(folder.PathOf("b"), "--open", "--seed", first.Listen);
        await Until.TrueAsync(async () => await StateAsync(folder.PathOf("a"), second.Id) == "alive", "the second to be alive");
        JsonNode status = (await RunAsync("status", "--data", folder.PathOf("a"), "--json")).Json;
        Assert.Equal((first.Id, "open", "open"), ((string?)status["node_id"], (string?)status["mesh"], (string?)status["mesh_kind"]));
        Assert.Equal(2, (int)status["members"]!["alive"]!);
        Assert.Equal(first.Listen, (string?)status["addresses"]![0]);
        Assert.Equal("1.3", (string?)await MemberAsync(folder.PathOf("a"), second.Id, "tls"));
        ToreCommandLine.Outcome people = await RunAsync("peers", "--data", folder.PathOf("a"));
        Assert.Contains(second.Id, people.Output, StringComparison.Ordinal);
        Assert.Contains("open mesh", (await RunAsync("status", "--data", folder.PathOf("a"))).Output, StringComparison.Ordinal);
        // A try at a member's address leaves the link that there is.
        Assert.True((bool)(await RunAsync("doctor", second.Listen, "--data", folder.PathOf("a"), "--json")).Json["tries"]![0]!["linked"]!);
        Assert.Equal("alive", await StateAsync(folder.PathOf("b"), first.Id));

        await second.DisposeAsync();
        await Until.TrueAsync(async () => await StateAsync(folder.PathOf("a"), second.Id) == "dead", "the second to be dead", 60);
        JsonNode gone = await FindingAsync(folder.PathOf("a"), "nothing_listens");
        Assert.Equal(second.Id, (string?)gone["about"]);
        Assert.Contains("dead since", (string?)gone["what"], StringComparison.Ordinal);
    }

    /// <summary>Waits until the doctor of a node finds this, and gives it.</summary>
    private static async Task<JsonNode> FindingAsync(string data, string code, PrivateNetwork? network = null)
    {
        JsonNode? found = null;
        string last = "";
        await Until.TrueAsync(
            async () =>
            {
                string[] command = ["doctor", "--data", data, "--json"];
                ToreCommandLine.Outcome outcome = network is null ? await ToreCommandLine.RunAsync(command)
                    : await RunAsync(network, command);
                last = outcome.Output;
                JsonArray findings = outcome.Json["findings"]!.AsArray();
                Assert.Equal(findings.Any(f => (bool)f!["problem"]!) ? 1 : 0, outcome.ExitCode);
                found = findings.FirstOrDefault(f => (string)f!["code"]! == code);
                return found is not null;
            },
            $"the finding {code}", 40, () => last);
        return found!;
    }

    private static async Task<ToreCommandLine.Outcome> RunAsync(PrivateNetwork network, string[] command)
    {
        await using ToreProcess process = network.Run(() => ToreProcess.Start(command));
        Task<string> output = process.Process.StandardOutput.ReadToEndAsync();
        int code = await process.WaitAsync();
        return new ToreCommandLine.Outcome(code, await output, process.Error);
    }

    private static async Task<string?> StateAsync(string data, string id) => (string?)await MemberAsync(data, id, "state");

    private static async Task<JsonNode?> MemberAsync(string data, string id, string field) =>
        (await RunAsync("peers", "--data", data, "--json")).Json["members"]!.AsArray()
            .FirstOrDefault(m => (string)m!["node_id"]! == id)?[field];

    private static async Task<string> InviteAsync(string data, string address) => (string)(await RunAsync(
        "invite", "lab", "--data", data, "--address", address, "--json")).Json["invite"]!;

    private static async Task<ToreCommandLine.Outcome> RunAsync(params string[] args)
    {
        ToreCommandLine.Outcome outcome = await ToreCommandLine.RunAsync(args);
        Assert.True(outcome.ExitCode is 0 || args[0] == "doctor", outcome.Output + outcome.Error);
        return outcome;
    }
}
