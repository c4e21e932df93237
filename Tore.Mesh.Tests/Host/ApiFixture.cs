using System.Net;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Tore.Mesh.Host.Api;
using Tore.Mesh.Host.Hosting;
using Tore.Mesh.Node;
using Tore.Mesh.Pipelines;
using Tore.Mesh.Pipelines.Forward;
using Tore.Mesh.Pipelines.Text;
using Tore.Mesh.Primitives;
using Tore.Mesh.Tests.Support;
using Tore.Mesh.Transport;

namespace Tore.Mesh.Tests.Host;

/// <summary>The real HTTP interface on a port of its own, over any provider.</summary>
internal sealed class ApiFixture : IAsyncDisposable
{
    /// <summary>The seed that requests without one are given.</summary>
    public const long ChosenSeed = 4711;

    private readonly HttpHost _host;
    private readonly HttpClientHandler _handler = new() { ServerCertificateCustomValidationCallback = (_, _, _, _) => true };

    private ApiFixture(HttpHost host, ApiContext api)
    {
        _host = host;
        Api = api;
        Client = new HttpClient(_handler) { BaseAddress = new Uri(host.Url) };
    }

    public HttpClient Client { get; }

    public ApiContext Api { get; }

    public string Url => _host.Url;

    public IServiceProvider Services => _host.Services;

    public int Port => _host.Endpoint.Port;

    public static async Task<ApiFixture> StartAsync(
        IPipelineProvider provider, HttpOptions? options = null, ApiTimeouts? timeouts = null, Func<bool>? isDraining = null,
        IReadOnlyList<PipelineStage>? route = null, FindShard? findShard = null)
    {
        options ??= new HttpOptions { Endpoint = new IPEndPoint(IPAddress.Loopback, 0) };
        string? url = null;
        var api = new ApiContext
        {
            ChooseSeed = () => (ulong)ChosenSeed,
            FindShard = findShard ?? ((id, _) => throw new ToreException(ErrorCodes.ModelNotReady, $"No layers of '{id}' are open here.")),
            Inference = new InferenceService(provider, TimeProvider.System, () => (ulong)ChosenSeed),
            Status = () => StatusOf(provider, isDraining?.Invoke() ?? false, url, route),
            Contacts = ContactsOf,
            Time = TimeProvider.System,
            Log = NullLogger.Instance,
            Timeouts = timeouts ?? new ApiTimeouts(),
        };
        HttpHost host = await HttpHost.StartAsync(
            HttpListenSocket.Bind(options.Endpoint), options, api, isDraining ?? (() => false), NullLoggerFactory.Instance,
                CancellationToken.None);
        url = host.Url;
        return new ApiFixture(host, api);
    }

    /// <summary>Posts JSON and reads the JSON answer whatever its status.</summary>
    public async Task<(HttpStatusCode Status, JsonNode Body)> PostAsync(string path, object body)
    {
        using HttpResponseMessage answer = await Client.PostAsJsonAsync(path, body);
        return (answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync())!);
    }

    /// <summary>Posts JSON as text.</summary>
    public async Task<(HttpStatusCode Status, JsonNode Body)> PostTextAsync(string path, string json)
    {
        using var content = new StringContent(json, Encoding.UTF8, "application/json");
        using HttpResponseMessage answer = await Client.PostAsync(path, content);
        return (answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync())!);
    }

    /// <summary>Gets JSON.</summary>
    public async Task<(HttpStatusCode Status, JsonNode Body)> GetAsync(string path)
    {
        using HttpResponseMessage answer = await Client.GetAsync(path);
        return (answer.StatusCode, JsonNode.Parse(await answer.Content.ReadAsStringAsync())!);
    }

    /// <summary>Posts a streamed request and reads its events until the stream ends.</summary>
    public async Task<List<string>> StreamAsync(string path, object body)
    {
        using HttpResponseMessage answer = await Client.PostAsJsonAsync(path, body);
        Assert.Equal("text/event-stream", answer.Content.Headers.ContentType!.MediaType);
        string text = await answer.Content.ReadAsStringAsync();
        Assert.EndsWith("\n\n", text, StringComparison.Ordinal);
        return [.. text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries)];
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        _handler.Dispose();
        using var soon = new CancellationTokenSource(TimeSpan.FromSeconds(1));
        await _host.StopAsync(soon.Token);
        await _host.DisposeAsync();
    }

    private static ContactsStatus ContactsOf() => new(
        [
            new AddressStatus
            {
                Address = "127.0.0.1:9",
                NodeId = null,
                Source = "seed",
                IsLinked = false,
                Code = ErrorCodes.PeerUnreachable,
                Text = "Nothing answers.",
                FailedAt = DateTimeOffset.UnixEpoch,
                Failures = 3,
            },
        ],
        [new RefusedLink("192.0.2.1", null, ErrorCodes.WrongMesh, "Another mesh.", DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch, 2)],
        [new StrangerStatus(ScriptedProvider.Node, ["192.0.2.1:7601"], "8899aabbccddeeff", 1, DateTimeOffset.UnixEpoch)]);

    private static NodeStatus StatusOf(IPipelineProvider provider, bool draining, string? url, IReadOnlyList<PipelineStage>? route) => new()
    {
        NodeId = ScriptedProvider.Node,
        State = draining ? NodeState.Draining : NodeState.Serving,
        Mesh = "local",
        MeshFingerprint = "0011223344556677",
        Listen = ["127.0.0.1:7601"],
        Http = url,
        Version = "0.1.0",
        Isa = "portable",
        EngineFingerprint = "test",
        Slots = 4,
        SlotsInUse = 0,
        Running = 0,
        Waiting = 0,
        Models = [.. provider.Models.Select(m => new ModelStatus
        {
            Listing = m,
            Route = route ?? [new PipelineStage(ScriptedProvider.Node, LayerRange.All(m.LayerCount))],
            Holders = [new ModelHolder(ScriptedProvider.Node, null, LayerRange.All(m.LayerCount))],
        })],
        Members =
        [
            new MemberStatus
            {
                NodeId = ScriptedProvider.Node,
                IsSelf = true,
                State = Tore.Mesh.Membership.Swim.MemberState.Alive,
                Since = DateTimeOffset.UnixEpoch,
                Incarnation = 1,
                Start = "0000000000000001",
                Listen = ["127.0.0.1:7601"],
            },
        ],
    };
}
