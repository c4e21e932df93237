using System.Text;
using System.Text.Json.Nodes;
using Tore.Mesh.Tests.Support;

namespace Tore.Mesh.Tests.EndToEnd;

/// <summary>What an operator sees of a node: its log, its end, its files.</summary>
public sealed class OperationTests
{
    [Theory]
    [InlineData("text")]
    [InlineData("json")]
    public async Task Up_EverythingLogged_HoldsNoPromptNoAnswerNoKey(string format)
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.PathOf("key"), "a-key-of-enough-characters");
        await using UpNode node = await UpNode.StartAsync(
            folder.PathOf("a"), "--model", "stories", "--log-level", "trace", "--log-format", format, "--api-key-file",
                folder.PathOf("key"));
        node.Client.DefaultRequestHeaders.Authorization = new("Bearer", "a-key-of-enough-characters");
        await node.WaitForRouteAsync("stories", 1);
        string answer = await node.AskAsync("stories", "A story about Xylophonix and a lantern.", 1);
        node.Process.Process.StandardInput.Close();
        await node.Process.SignalAsync("TERM");
        Assert.Equal(0, await node.Process.WaitAsync());
        string log = node.Process.Error;
        Assert.NotEmpty(log);
        Assert.DoesNotContain("Xylophonix", log, StringComparison.Ordinal);
        Assert.DoesNotContain(answer[..20], log, StringComparison.Ordinal);
        Assert.DoesNotContain("a-key-of-enough", log, StringComparison.Ordinal);
        if (format == "json")
        {
            Assert.All(log.Split('\n', StringSplitOptions.RemoveEmptyEntries), line => Assert.NotNull(JsonNode.Parse(line)));
        }
    }

    [Fact]
    public async Task Up_SecondSignalWhileDraining_EndsAtOnce()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "signals are sent with kill");
        string model = SharedFiles.Require("models/SmolLM2-135M-Instruct.Q4_1.gguf");
        using var folder = new TemporaryFolder();
        await using UpNode node = await UpNode.StartAsync(folder.PathOf("a"), "--model", model);
        await node.WaitForRouteAsync("SmolLM2-135M-Instruct.Q4_1", 1);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/completions")
        {
            Content = new StringContent(
                """{"model":"SmolLM2-135M-Instruct.Q4_1","prompt":"Once","stream":true,"temperature":0}""", Encoding.UTF8,
                    "application/json"),
        };
        using HttpResponseMessage answer = await node.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        await node.Process.SignalAsync("TERM");
        await Until.TrueAsync(
            async () => (int)(await node.Client.GetAsync("/health")).StatusCode == 503, "a drain that /health tells of");
        await node.Process.SignalAsync("TERM");
        Assert.Equal(143, await node.Process.WaitAsync(10));
    }

    [Fact]
    public async Task Up_ThrowAwayOfAFolderThatIsNotItsOwn_LeavesItAsItIs()
    {
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(folder.PathOf("papers"));
        await File.WriteAllTextAsync(folder.PathOf("papers/thesis"), "years of work");
        await using UpNode node = await UpNode.StartAsync(folder.PathOf("a"));
        foreach ((string data, string code) in new[] { ("papers", "data_folder_format"), ("a", "data_folder_locked") })
        {
            ToreCommandLine.Outcome outcome = await ToreCommandLine.RunAsync(
                ["up", "--json", "--no-mdns", "--throw-away", "--data", folder.PathOf(data)]);
            Assert.Equal(code, outcome.ErrorCode);
        }
        Assert.True(File.Exists(folder.PathOf("papers/thesis")));
        Assert.True(File.Exists(folder.PathOf("a/node.key")));
    }

    [Fact]
    public async Task Up_DataFolder_IsTheUsersAlone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the profile's access list is inherited");
        using var folder = new TemporaryFolder();
        await using (UpNode node = await UpNode.StartAsync(folder.PathOf("a")))
        {
            if (!OperatingSystem.IsWindows())
            {
                const UnixFileMode ReadWrite = UnixFileMode.UserRead | UnixFileMode.UserWrite;
                Assert.Equal(ReadWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder.PathOf("a")));
                Assert.Equal(ReadWrite, File.GetUnixFileMode(folder.PathOf("a/node.key")));
            }
            Assert.True(File.Exists(folder.PathOf("a/addresses.json")));
            Assert.Equal(0, await node.LeaveAsync());
        }
        Assert.False(File.Exists(folder.PathOf("a/addresses.json")));
    }

    [Fact]
    public async Task Up_MemoryTooSmallForItsModel_SaysSoEverywhere()
    {
        using var folder = new TemporaryFolder();
        await using UpNode node = await UpNode.StartAsync(folder.PathOf("a"), "--model", "stories", "--memory", "1M");
        Assert.Equal("memory_budget_exceeded", (string?)Assert.Single(node.Ready["warnings"]!.AsArray())!["code"]);
        JsonNode health = JsonNode.Parse(await node.Client.GetStringAsync("/health"))!;
        string text = (string)Assert.Single(health["warnings"]!.AsArray())!["text"]!;
        Assert.Contains("'stories'", text, StringComparison.Ordinal);
        await Until.TrueAsync(() => node.Process.Error.Contains(text, StringComparison.Ordinal), "the warning in the log");
    }
}
