using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Tore.Mesh.Tests.Support;

namespace Tore.Mesh.Tests.EndToEnd;

/// <summary>Real <c>tore up</c> processes on this machine.</summary>
public sealed class MeshTests
{
    private const string Instruct = "SmolLM2-135M-Instruct.Q4_1";
    private const string Question = "What is the capital of France?";
    private const string Answer = "The capital of France is Paris.";
    private const long Seed = 4;

    [Fact]
    public async Task Up_ThreeNodes_EachAnswersAlsoWhileOneIsStoppedAndStartedAgain()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "signals are sent with kill");
        string model = SharedFiles.Require($"models/{Instruct}.gguf");
        using var folder = new TemporaryFolder();
        await using UpNode first = await UpNode.StartAsync(folder.PathOf("a"), "--model", model);
        // Alone it answers too, from the moment that it listens; the others come later.
        Assert.Equal(Answer, await first.AskAsync(Instruct, Question, Seed));
        await using UpNode second = await UpNode.StartAsync(folder.PathOf("b"), "--model", model, "--seed", first.Listen);
        UpNode third = await UpNode.StartAsync(folder.PathOf("c"), "--model", model, "--seed", first.Listen);
        try
        {
            await AssertAllAnswerAsync(first, second, third);
            string id = third.Id;
            Assert.Equal(0, await third.LeaveAsync());
            await AssertAllAnswerAsync(first, second);
            await third.DisposeAsync();
            third = await UpNode.StartAsync(folder.PathOf("c"), "--model", model, "--seed", second.Listen);
            Assert.Equal(id, third.Id);
            await AssertAllAnswerAsync(first, second, third);
        }
        finally
        {
            await third.DisposeAsync();
        }
    }

    [Fact]
    public async Task Up_LayersGiven_AreKeptAndMissingOnesAreNamed()
    {
        using var folder = new TemporaryFolder();
        await using UpNode front = await UpNode.StartAsync(folder.PathOf("a"), "--model", "stories", "--layers", "0-4");
        await Until.TrueAsync(async () => (await HealthAsync(front))["models"]!.AsArray().Count == 1, "the model's identity");
        JsonNode lonely = (await HealthAsync(front))["models"]![0]!;
        Assert.False((bool)lonely["ready"]!);
        Assert.Equal("5-7", (string?)lonely["missing_layers"]![0]);
        await using UpNode back = await UpNode.StartAsync(
            folder.PathOf("b"), "--model", "stories", "--layers", "5-7", "--seed", front.Listen);
        await front.WaitForRouteAsync("stories", 2);
        string text = await front.AskAsync("stories", "A story about a fox and a lantern.", 1);
        JsonNode alone = (await ToreCommandLine.RunAsync("run", "stories", "A story about a fox and a lantern.", "--seed", "1",
            "--max-tokens", "24", "--json")).Json;
        Assert.Equal((string?)alone["text"], text);
        Assert.Equal(text, await back.AskAsync("stories", "A story about a fox and a lantern.", 1));
    }

    [Fact]
    public async Task Up_EntryNodeWithoutTheModel_SaysSo()
    {
        using var folder = new TemporaryFolder();
        await using UpNode holder = await UpNode.StartAsync(folder.PathOf("a"), "--model", "stories");
        await using UpNode entry = await UpNode.StartAsync(folder.PathOf("b"), "--seed", holder.Listen);
        await entry.WaitForRouteAsync("stories", 1);
        (HttpStatusCode status, JsonNode body) = await entry.PostAsync(
            "/inference/generate", new { model_id = "stories", prompt = "Once" });
        Assert.Equal(HttpStatusCode.ServiceUnavailable, status);
        Assert.Equal("model_not_ready", (string?)body["code"]);
        (status, body) = await entry.PostAsync("/inference/generate", new { model_id = "no such", prompt = "Once" });
        Assert.Equal(HttpStatusCode.NotFound, status);
        Assert.Equal("model_not_found", (string?)body["code"]);
    }

    [Fact]
    public async Task Peers_DataFolderOfARunningNode_FindsIt()
    {
        using var folder = new TemporaryFolder();
        await using UpNode node = await UpNode.StartAsync(folder.PathOf("a"), "--model", "stories");
        ToreCommandLine.Outcome peers = await ToreCommandLine.RunAsync("peers", "--data", folder.PathOf("a"), "--json");
        Assert.Equal(node.Id, (string?)peers.Json["node_id"]);
        ToreCommandLine.Outcome people = await ToreCommandLine.RunAsync("peers", "--node", (string)node.Ready["http"]!);
        Assert.Contains(node.Id, people.Output, StringComparison.Ordinal);
        await node.WaitForRouteAsync("stories", 1);
        ToreCommandLine.Outcome chat = await ToreCommandLine.RunAsync(
            "A story about an owl and a map.\n", ["chat", "--data", folder.PathOf("a"), "--seed", "1", "--max-tokens", "12", "--json"]);
        Assert.Equal(2, chat.Json["messages"]!.AsArray().Count);
        Assert.NotEmpty((string)chat.Json["messages"]![1]!["content"]!);
    }

    [Fact]
    public async Task Up_SecondOnTheSameDataFolder_IsDataFolderLocked()
    {
        using var folder = new TemporaryFolder();
        await using UpNode node = await UpNode.StartAsync(folder.PathOf("a"));
        ToreCommandLine.Outcome second = await ToreProcess.RunAsync(
            ["up", "--json", "--data", folder.PathOf("a"), "--listen", "127.0.0.1:0", "--http", "127.0.0.1:0", "--no-mdns"]);
        Assert.Equal("data_folder_locked", second.ErrorCode);
        Assert.Equal(5, second.ExitCode);
    }

    [Theory]
    [InlineData("--listen")]
    [InlineData("--http")]
    public async Task Up_PortAskedForIsTaken_IsPortInUse(string option)
    {
        using var folder = new TemporaryFolder();
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        taken.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        taken.Listen();
        string other = option == "--listen" ? "--http" : "--listen";
        ToreCommandLine.Outcome outcome = await ToreCommandLine.RunAsync(
            "up", "--json", "--data", folder.PathOf("a"), option, taken.LocalEndPoint!.ToString()!, other, "127.0.0.1:0", "--no-mdns",
                "--log-level", "none");
        Assert.Equal("port_in_use", outcome.ErrorCode);
        Assert.Equal(5, outcome.ExitCode);
    }

    [Theory]
    [InlineData(new[] { "--listen", "0.0.0.0:0" }, "not_loopback", 5)]
    [InlineData(new[] { "--http", "0.0.0.0:0" }, "not_loopback", 5)]
    [InlineData(new[] { "--seed", "192.0.2.1:7601" }, "not_loopback", 5)]
    [InlineData(new[] { "--seed", "nonsense" }, "invalid_request", 4)]
    [InlineData(new[] { "--http", "nonsense" }, "invalid_request", 4)]
    [InlineData(new[] { "--model", "no-such.gguf" }, "file_not_readable", 3)]
    [InlineData(new[] { "--model", "stories", "--layers", "5-2" }, "invalid_request", 4)]
    [InlineData(new[] { "--model", "stories", "--layers", "0-8" }, "invalid_stages", 4)]
    [InlineData(new[] { "--api-key-file", "no-such-file" }, "file_not_readable", 3)]
    [InlineData(new[] { "--layers", "0-1" }, "usage", 2)]
    [InlineData(new[] { "--tls-min", "1.1" }, "usage", 2)]
    public async Task Up_BadOptions_AreRefusedAndNothingListens(string[] options, string code, int exit)
    {
        using var folder = new TemporaryFolder();
        string[] ports = options.Contains("--listen") ? ["--http", "127.0.0.1:0"] : options.Contains("--http")
            ? ["--listen", "127.0.0.1:0"] : ["--listen", "127.0.0.1:0", "--http", "127.0.0.1:0"];
        ToreCommandLine.Outcome outcome = await ToreCommandLine.RunAsync(
            ["up", "--json", "--data", folder.PathOf("a"), "--no-mdns", "--log-level", "none", .. ports, .. options]);
        Assert.Equal(code, outcome.ErrorCode);
        Assert.Equal(exit, outcome.ExitCode);
    }

    [Fact]
    public async Task Up_TermWithAStreamRunning_DrainsIt()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "signals are sent with kill");
        using var folder = new TemporaryFolder();
        await using UpNode node = await UpNode.StartAsync(folder.PathOf("a"), "--model", "stories");
        await node.WaitForRouteAsync("stories", 1);
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/completions")
        {
            Content = new StringContent("""{"model":"stories","prompt":"Once upon a time","stream":true,"max_tokens":450,"seed":5}""",
                Encoding.UTF8, "application/json"),
        };
        using HttpResponseMessage answer = await node.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead);
        await node.Process.SignalAsync("TERM");
        string stream = await answer.Content.ReadAsStringAsync();
        Assert.EndsWith("data: [DONE]\n\n", stream, StringComparison.Ordinal);
        Assert.Equal(0, await node.Process.WaitAsync());
    }

    [Fact]
    public async Task Up_ParentPipeCloses_EndsAndRemovesItsFolder()
    {
        using var folder = new TemporaryFolder();
        await using UpNode node = await UpNode.StartAsync(folder.PathOf("a"), "--parent-pipe", "--throw-away");
        Assert.True(Directory.Exists(folder.PathOf("a")));
        node.Process.Process.StandardInput.Close();
        Assert.Equal(0, await node.Process.WaitAsync());
        Assert.False(Directory.Exists(folder.PathOf("a")));
    }

    [Fact]
    public async Task Up_OpenWithKey_ServesHttpsAndWantsTheKey()
    {
        using var folder = new TemporaryFolder();
        await File.WriteAllTextAsync(folder.PathOf("key"), "a-key-of-enough-characters\n");
        await using ToreProcess process = ToreProcess.Start(
        [
            "up", "--json", "--data", folder.PathOf("a"), "--open", "--no-mdns", "--listen", "127.0.0.1:0", "--http", "0.0.0.0:0",
                "--api-key-file", folder.PathOf("key"), "--log-level", "none",
        ]);
        JsonNode ready = JsonNode.Parse(await process.ReadLineAsync())!;
        var url = new Uri((string)ready["http"]!);
        Assert.Equal("https", url.Scheme);
        string? shown = null;
        using var handler = new HttpClientHandler
        {
            ServerCertificateCustomValidationCallback = (_, certificate, _, _) =>
            {
                shown = "sha256:" + Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(certificate!.RawData));
                return true;
            },
        };
        using var client = new HttpClient(handler) { BaseAddress = new Uri($"https://127.0.0.1:{url.Port}") };
        using HttpResponseMessage refused = await client.GetAsync("/health");
        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        Assert.Equal((string?)ready["https_fingerprint"], shown);
        client.DefaultRequestHeaders.Authorization = new("Bearer", "a-key-of-enough-characters");
        using HttpResponseMessage passed = await client.GetAsync("/health");
        Assert.Equal(HttpStatusCode.OK, passed.StatusCode);
    }

    private static async Task AssertAllAnswerAsync(params UpNode[] nodes)
    {
        foreach (UpNode node in nodes)
        {
            await node.WaitForRouteAsync(Instruct, nodes.Length);
        }
        foreach (UpNode node in nodes)
        {
            Assert.Equal(Answer, await node.AskAsync(Instruct, Question, Seed));
        }
    }

    private static async Task<JsonNode> HealthAsync(UpNode node) => JsonNode.Parse(await node.Client.GetStringAsync("/health"))!;
}
