using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Tore.Mesh.Tests.Support;

namespace Tore.Mesh.Tests.EndToEnd;

/// <summary>A real <c>tore up</c> process and its HTTP interface.</summary>
internal sealed class UpNode : IAsyncDisposable
{
    private UpNode(ToreProcess process, JsonNode ready, PrivateNetwork? network)
    {
        Process = process;
        Ready = ready;
        Client = new HttpClient(network?.Handler() ?? new SocketsHttpHandler())
        {
            BaseAddress = new Uri((string)ready["http"]!),
            Timeout = TimeSpan.FromSeconds(60),
        };
    }

    public ToreProcess Process { get; }

    /// <summary>The one JSON object that it printed.</summary>
    public JsonNode Ready { get; }

    public HttpClient Client { get; }

    public string Listen => (string)Ready["listen"]![0]!;

    public string Id => (string)Ready["node_id"]!;

    /// <summary>Starts a node on ports of its own, without mDNS, and waits for its ready line.</summary>
    public static Task<UpNode> StartAsync(string data, params string[] options) =>
        StartAsync(network: null, data, ["--no-mdns", .. options]);

    /// <summary>Starts a node in a network of the test's own, where it may find others by mDNS.</summary>
    public static async Task<UpNode> StartAsync(PrivateNetwork? network, string data, params string[] options)
    {
        string[] level = options.Contains("--log-level") ? [] : ["--log-level", "warn"];
        string[] listen = options.Contains("--listen") ? [] : ["--listen", "127.0.0.1:0"];
        string[] arguments =
        [
            "up", "--json", "--data", data, "--http", "127.0.0.1:0", "--threads", "1", .. listen, .. level, .. options,
        ];
        ToreProcess process = network is null ? ToreProcess.Start(arguments) : network.Run(() => ToreProcess.Start(arguments));
        try
        {
            return new UpNode(process, JsonNode.Parse(await process.ReadLineAsync())!, network);
        }
        catch
        {
            await process.DisposeAsync();
            throw;
        }
    }

    /// <summary>Waits until a model is complete over exactly this many nodes, as this one sees it.</summary>
    public Task WaitForRouteAsync(string model, int nodes) => Until.TrueAsync(
        async () =>
        {
            using HttpResponseMessage answer = await Client.GetAsync($"/inference/pipeline/{model}");
            if (answer.StatusCode == HttpStatusCode.NotFound)
            {
                return false;
            }
            JsonNode body = JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
            return (bool)body["is_complete"]! && body["shards"]!.AsArray().Count == nodes;
        },
        $"a route over {nodes} nodes on {Id}: {Process.Error}");

    /// <summary>What this node says of a member of the mesh; null where it knows none of this id.</summary>
    public async Task<JsonNode?> MemberAsync(string id)
    {
        JsonNode body = JsonNode.Parse(await Client.GetStringAsync("/mesh/members"))!;
        return body["members"]!.AsArray().SingleOrDefault(m => (string?)m!["node_id"] == id);
    }

    /// <summary>Waits until this node says that a member is in one of some states.</summary>
    public Task WaitForStateAsync(UpNode member, params string[] states) => Until.TrueAsync(
        async () => await MemberAsync(member.Id) is { } found && states.Contains((string?)found["state"]),
        $"{Id} to call {member.Id} {string.Join(" or ", states)}", limitSeconds: 120);

    /// <summary>Posts JSON.</summary>
    public async Task<(HttpStatusCode Status, JsonNode Body)> PostAsync(string path, object body)
    {
        using HttpResponseMessage answer = await Client.PostAsJsonAsync(path, body);
        return (answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync())!);
    }

    /// <summary>Asks in a chat and gives the answer.</summary>
    public async Task<string> AskAsync(string model, string question, long seed, int maxTokens = 24)
    {
        (HttpStatusCode status, JsonNode body) = await PostAsync(
            "/v1/chat/completions", new
            {
                model,
                seed,
                max_tokens = maxTokens,
                messages = new[] { new { role = "user", content = question } }
            });
        Assert.True(status == HttpStatusCode.OK, $"{(int)status}: {body.ToJsonString()} {Process.Error}");
        return (string)body["choices"]![0]!["message"]!["content"]!;
    }

    /// <summary>Asks it to leave, and gives its exit code.</summary>
    public async Task<int> LeaveAsync()
    {
        await Process.SignalAsync("TERM");
        return await Process.WaitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await Process.DisposeAsync();
    }
}
