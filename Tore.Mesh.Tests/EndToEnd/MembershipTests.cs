using System.Text.Json.Nodes;
using Tore.Mesh.Tests.Support;

namespace Tore.Mesh.Tests.EndToEnd;

/// <summary>What real processes know of each other when they come, fall silent, die, come back and leave.</summary>
public sealed class MembershipTests
{
    private static readonly string[] Gone = ["suspect", "dead"];

    [Fact]
    public async Task Up_FiveNodes_FindEachOtherByMdnsAlone()
    {
        using PrivateNetwork network = PrivateNetwork.Create();
        using var folder = new TemporaryFolder();
        var nodes = new List<UpNode>();
        try
        {
            for (int i = 0; i < 5; i++)
            {
                nodes.Add(await UpNode.StartAsync(network, folder.PathOf($"node-{i}")));
            }
            foreach (UpNode node in nodes)
            {
                foreach (UpNode other in nodes.Where(n => n != node))
                {
                    await node.WaitForStateAsync(other, "alive");
                    await Until.TrueAsync(async () => (await node.MemberAsync(other.Id))!["link_address"] is not null, "a link with it");
                }
            }
            JsonNode contacts = JsonNode.Parse(await nodes[0].Client.GetStringAsync("/mesh/contacts"))!;
            Assert.True((bool)contacts["mdns"]!["on"]!);
            Assert.Equal("127.0.0.1", (string?)contacts["mdns"]!["interfaces"]![0]);
            Assert.Contains(contacts["addresses"]!.AsArray(), a => (string?)a!["source"] == "mdns");
        }
        finally
        {
            foreach (UpNode node in nodes)
            {
                await node.DisposeAsync();
            }
        }
    }

    [Fact]
    public async Task Kill9_IsNoticedByEverybody_AndTheRestartedNodeSupersedesItsOldSelf()
    {
        using var folder = new TemporaryFolder();
        await using UpNode first = await UpNode.StartAsync(folder.PathOf("a"));
        await using UpNode second = await UpNode.StartAsync(folder.PathOf("b"), "--seed", first.Listen);
        JsonNode before;
        await using (UpNode victim = await UpNode.StartAsync(folder.PathOf("c"), "--seed", first.Listen))
        {
            await first.WaitForStateAsync(victim, "alive");
            await second.WaitForStateAsync(victim, "alive");
            before = (await first.MemberAsync(victim.Id))!;
            // As kill -9 does: nothing is said any more.
            victim.Process.Process.Kill();
            await first.WaitForStateAsync(victim, "dead");
            await second.WaitForStateAsync(victim, "dead");
            Assert.Null((await first.MemberAsync(victim.Id))!["link_address"]);
        }
        await using UpNode again = await UpNode.StartAsync(folder.PathOf("c"), "--seed", second.Listen);
        Assert.Equal((string?)before["node_id"], again.Id);
        foreach (UpNode node in new[] { first, second })
        {
            await node.WaitForStateAsync(again, "alive");
            JsonNode after = (await node.MemberAsync(again.Id))!;
            Assert.True((ulong)after["incarnation"]! > (ulong)before["incarnation"]!);
            Assert.NotEqual((string?)before["start"], (string?)after["start"]);
        }
    }

    [Fact]
    public async Task Stopped_IsNoticed_Continued_IsBack_AndAGoodbyeShowsAtOnce()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "signals are sent with kill");
        using var folder = new TemporaryFolder();
        await using UpNode first = await UpNode.StartAsync(folder.PathOf("a"));
        await using UpNode second = await UpNode.StartAsync(folder.PathOf("b"), "--seed", first.Listen);
        await using UpNode sleeper = await UpNode.StartAsync(folder.PathOf("c"), "--seed", first.Listen);
        await first.WaitForStateAsync(sleeper, "alive");
        await second.WaitForStateAsync(sleeper, "alive");
        string? start = (string?)(await first.MemberAsync(sleeper.Id))!["start"];
        await sleeper.Process.SignalAsync("STOP");
        await first.WaitForStateAsync(sleeper, Gone);
        await second.WaitForStateAsync(sleeper, Gone);
        await first.WaitForStateAsync(sleeper, "dead");
        await sleeper.Process.SignalAsync("CONT");
        await first.WaitForStateAsync(sleeper, "alive");
        await second.WaitForStateAsync(sleeper, "alive");
        await sleeper.WaitForStateAsync(first, "alive");
        await sleeper.WaitForStateAsync(second, "alive");
        // The same process, not a restarted one.
        Assert.Equal(start, (string?)(await first.MemberAsync(sleeper.Id))!["start"]);

        Assert.Equal(0, await sleeper.LeaveAsync());
        await first.WaitForStateAsync(sleeper, "left");
        await second.WaitForStateAsync(sleeper, "left");
        JsonNode health = JsonNode.Parse(await first.Client.GetStringAsync("/health"))!;
        Assert.Equal((2, 1), ((int)health["members"]!["alive"]!, (int)health["members"]!["left"]!));
    }

    [Fact]
    public async Task Stopped_WhileARequestNeedsIt_TheOthersAnswer()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "signals are sent with kill");
        using var folder = new TemporaryFolder();
        await using UpNode first = await UpNode.StartAsync(folder.PathOf("a"), "--model", "stories");
        await using UpNode second = await UpNode.StartAsync(folder.PathOf("b"), "--model", "stories", "--seed", first.Listen);
        await using UpNode sleeper = await UpNode.StartAsync(folder.PathOf("c"), "--model", "stories", "--seed", first.Listen);
        await first.WaitForRouteAsync("stories", 3);
        string before = await first.AskAsync("stories", "A story about a fox and a lantern.", 1);
        await sleeper.Process.SignalAsync("STOP");
        // It is asked for its stage, says nothing, is declared dead, and is planned around: one request, and one answer.
        Assert.Equal(before, await first.AskAsync("stories", "A story about a fox and a lantern.", 1));
        await first.WaitForRouteAsync("stories", 2);
        await sleeper.Process.SignalAsync("CONT");
        await first.WaitForRouteAsync("stories", 3);
        Assert.Equal(before, await sleeper.AskAsync("stories", "A story about a fox and a lantern.", 1));
    }

    [Fact]
    public async Task OneKeyInTwoDataFolders_IsNamed()
    {
        using var folder = new TemporaryFolder();
        await using UpNode third = await UpNode.StartAsync(folder.PathOf("c"));
        await using UpNode original = await UpNode.StartAsync(folder.PathOf("a"), "--seed", third.Listen);
        Directory.CreateDirectory(folder.PathOf("b"));
        foreach (string file in new[] { "format", "node.key" })
        {
            File.Copy(folder.PathOf($"a/{file}"), folder.PathOf($"b/{file}"));
        }
        await using UpNode copy = await UpNode.StartAsync(folder.PathOf("b"), "--seed", third.Listen);
        Assert.Equal(original.Id, copy.Id);
        await Until.TrueAsync(
            async () => await NamesItAsync(original) || await NamesItAsync(copy), "one of the two to see the other", limitSeconds: 120);
        UpNode seeing = await NamesItAsync(original) ? original : copy;
        JsonNode contacts = JsonNode.Parse(await seeing.Client.GetStringAsync("/mesh/contacts"))!;
        Assert.Contains(seeing.Id, (string?)contacts["duplicate_key"]!["text"], StringComparison.Ordinal);
        await Until.TrueAsync(() => seeing.Process.Error.Contains("data folder was copied", StringComparison.Ordinal), "the log to say so");

        static async Task<bool> NamesItAsync(UpNode node) =>
            JsonNode.Parse(await node.Client.GetStringAsync("/health"))!["warnings"]!.AsArray()
                .Any(w => (string?)w!["code"] == "duplicate_key");
    }

    [Fact]
    public async Task Contacts_SaysWhyAPeerIsNotThere()
    {
        using var folder = new TemporaryFolder();
        await using UpNode open = await UpNode.StartAsync(folder.PathOf("a"), "--open");
        await using UpNode local = await UpNode.StartAsync(folder.PathOf("b"), "--seed", open.Listen, "--seed", "127.0.0.1:9");
        JsonNode? Failure(JsonNode contacts, string address) => contacts["addresses"]!.AsArray()
            .SingleOrDefault(a => (string?)a!["address"] == address && a["code"] is not null);
        JsonNode contacts = null!;
        await Until.TrueAsync(
            async () =>
            {
                contacts = JsonNode.Parse(await local.Client.GetStringAsync("/mesh/contacts"))!;
                return Failure(contacts, open.Listen) is not null && Failure(contacts, "127.0.0.1:9") is not null;
            },
            "both failures");
        Assert.Equal("wrong_mesh", (string?)Failure(contacts, open.Listen)!["code"]);
        Assert.Equal("peer_unreachable", (string?)Failure(contacts, "127.0.0.1:9")!["code"]);
        Assert.Equal("seed", (string?)Failure(contacts, "127.0.0.1:9")!["source"]);
        JsonNode refused = null!;
        await Until.TrueAsync(
            async () => JsonNode.Parse(await open.Client.GetStringAsync("/mesh/contacts"))!["refused"]!.AsArray() is [JsonNode one, ..]
                && (refused = one) is not null,
            "the refusal to be kept");
        Assert.Equal(("127.0.0.1", local.Id, "wrong_mesh"),
            ((string?)refused["address"], (string?)refused["node_id"], (string?)refused["code"]));
    }
}
