using System.Text.Json.Nodes;
using Tore.Mesh.Tests.Support;

namespace Tore.Mesh.Tests.EndToEnd;

/// <summary>Private meshes of real processes on loopback, without mDNS.</summary>
public sealed class PrivateMeshTests
{
    [Fact]
    public async Task Up_InviteTakenByAnotherNode_TheyFindEachOtherAndDoSoAgain()
    {
        using var folder = new TemporaryFolder();
        await RunAsync("mesh", "new", "lab", "--data", folder.PathOf("a"), "--json");
        await using UpNode first = await UpNode.StartAsync(
            folder.PathOf("a"), "--mesh", "lab", "--model", "stories", "--log-level", "trace");
        Assert.Equal(("lab", "private"), ((string?)first.Ready["mesh"], (string?)first.Ready["mesh_kind"]));
        JsonNode invite = (await RunAsync("invite", "--data", folder.PathOf("a"), "--json")).Json;
        Assert.Equal(first.Listen, (string?)invite["addresses"]![0]);
        Assert.Equal((string?)first.Ready["mesh_id"], (string?)invite["mesh_id"]);
        await File.WriteAllTextAsync(folder.PathOf("invite"), (string?)invite["invite"]);

        await using (UpNode second = await UpNode.StartAsync(folder.PathOf("b"), "--join", "@" + folder.PathOf("invite")))
        {
            Assert.Equal((string?)first.Ready["mesh_id"], (string?)second.Ready["mesh_id"]);
            await second.WaitForRouteAsync("stories", 1);
            await WaitForPeersAsync(first, second.Id);
        }
        await WaitForPeersAsync(first);

        // What the invite brought is kept: the name is enough from now on.
        await using UpNode again = await UpNode.StartAsync(folder.PathOf("b"), "--mesh", "lab");
        await WaitForPeersAsync(first, again.Id);
        string secret = (string)JsonNode.Parse(await File.ReadAllTextAsync(folder.PathOf("a/meshes/lab.json")))!["secret"]!;
        Assert.DoesNotContain(secret, first.Process.Error, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain((string)invite["invite"]!, first.Process.Error, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task Up_SecretRotated_OldMembersAreOutsideUntilTheyTakeANewInvite()
    {
        using var folder = new TemporaryFolder();
        string old = await InviteAsync(folder.PathOf("a"), "127.0.0.1:1");
        await RunAsync("mesh", "rotate", "lab", "--data", folder.PathOf("a"), "--json");
        await using UpNode first = await UpNode.StartAsync(folder.PathOf("a"), "--mesh", "lab");
        await using (UpNode outside = await UpNode.StartAsync(
            folder.PathOf("b"), "--join", old, "--seed", first.Listen, "--log-level", "debug"))
        {
            await Until.TrueAsync(
                () => outside.Process.Error.Contains("wrong_mesh", StringComparison.Ordinal), "a refused link");
            Assert.Empty(await PeersAsync(first));
            Assert.Empty(await PeersAsync(outside));
        }
        string fresh = await InviteAsync(folder.PathOf("a"), first.Listen);
        await using UpNode inside = await UpNode.StartAsync(folder.PathOf("b"), "--join", fresh);
        await WaitForPeersAsync(first, inside.Id);
    }

    [Theory]
    [InlineData("--open")]
    [InlineData("--mesh")]
    public async Task Mesh_BanWhileNodesRun_EndsTheirLinkUntilItIsLifted(string how)
    {
        using var folder = new TemporaryFolder();
        string invite = await InviteAsync(folder.PathOf("a"), "127.0.0.1:1");
        await using UpNode first = await UpNode.StartAsync(
            folder.PathOf("a"), how == "--open" ? ["--open"] : ["--mesh", "lab"]);
        await using UpNode second = await UpNode.StartAsync(
            folder.PathOf("b"), [.. how == "--open" ? (string[])["--open"] : ["--join", invite], "--seed", first.Listen]);
        await WaitForPeersAsync(first, second.Id);

        await RunAsync("mesh", "ban", second.Id, "--data", folder.PathOf("a"), "--json");
        await WaitForPeersAsync(first);
        await WaitForPeersAsync(second);
        await RunAsync("mesh", "unban", second.Id, "--data", folder.PathOf("a"), "--json");
        await WaitForPeersAsync(first, second.Id);
    }

    [Fact]
    public async Task Up_AllowListWithOthersOnIt_TakesOnlyThose()
    {
        using var folder = new TemporaryFolder();
        await using UpNode known = await UpNode.StartAsync(folder.PathOf("b"), "--open");
        await using UpNode picky = await UpNode.StartAsync(folder.PathOf("a"), "--open", "--allow", known.Id, "--seed", known.Listen);
        await using UpNode other = await UpNode.StartAsync(folder.PathOf("c"), "--open", "--seed", known.Listen, "--seed", picky.Listen);
        await WaitForPeersAsync(known, picky.Id, other.Id);
        await WaitForPeersAsync(picky, known.Id);
        await WaitForPeersAsync(other, known.Id);
    }

    private static async Task<string> InviteAsync(string data, string address) => (string)(await RunAsync(
        "invite", "lab", "--data", data, "--address", address, "--json")).Json["invite"]!;

    private static async Task<ToreCommandLine.Outcome> RunAsync(params string[] args)
    {
        ToreCommandLine.Outcome outcome = await ToreCommandLine.RunAsync(args);
        Assert.True(outcome.ExitCode == 0, outcome.Output + outcome.Error);
        return outcome;
    }

    private static Task WaitForPeersAsync(UpNode node, params string[] ids) => Until.TrueAsync(
        async () => (await PeersAsync(node)).Order().SequenceEqual(ids.Order()),
        $"{node.Id} to have the peers {string.Join(' ', ids)}");

    private static async Task<string[]> PeersAsync(UpNode node) =>
        [.. JsonNode.Parse(await node.Client.GetStringAsync("/health"))!["peers"]!.AsArray().Select(p => (string)p!["node_id"]!)];
}
