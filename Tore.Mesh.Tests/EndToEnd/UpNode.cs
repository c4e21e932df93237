using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Tore.Mesh.Tests.Support;

namespace Tore.Mesh.Tests.EndToEnd;

/// <summary>A real <c>tore up</c> process and its HTTP interface.</summary>
internal sealed class UpNode : IAsyncDisposable
{
    private UpNode(ToreProcess process, JsonNode ready)
    {
        Process = process;
        Ready = ready;
        Client = new HttpClient { BaseAddress = new Uri((string)ready["http"]!), Timeout = TimeSpan.FromSeconds(60) };
    }

    public ToreProcess Process { get; }

    /// <summary>The one JSON object that it printed.</summary>
    public JsonNode Ready { get; }

    public HttpClient Client { get; }

    public string Listen => (string)Ready["listen"]![0]!;

    public string Id => (string)Ready["node_id"]!;

    /// <summary>Starts a node on ports of its own, without mDNS, and waits for its ready line.</summary>
    public static async Task<UpNode> StartAsync(string data, params string[] options)
    {
        string[] level = options.Contains("--log-level") ? [] : ["--log-level", "warn"];
        ToreProcess process = ToreProcess.Start(
        [
            "up", "--json", "--data", data, "--listen", "127.0.0.1:0", "--http", "127.0.0.1:0", "--no-mdns", "--threads", "1", .. level,
                .. options,
        ]);
        try
        {
            return new UpNode(process, JsonNode.Parse(await process.ReadLineAsync())!);
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
