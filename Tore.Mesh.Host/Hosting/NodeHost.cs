using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using Tore.Mesh.Host.Api;
using Tore.Mesh.Host.Cli;
using Tore.Mesh.Inference;
using Tore.Mesh.Inference.Stages;
using Tore.Mesh.Node;
using Tore.Mesh.Pipelines;
using Tore.Mesh.Pipelines.Forward;
using Tore.Mesh.Pipelines.Text;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Host.Hosting;

/// <summary>
/// A node and its HTTP interface in this process. Order of the start: (1) the HTTP port is bound, so that the node can tell it to its
/// peers; (2) the node opens its data folder and listens; (3) HTTP is served, with the node's certificate where one is needed.
/// The end goes the other way round, after a drain.
/// </summary>
internal sealed class NodeHost : IAsyncDisposable
{
    /// <summary>How long answers that are ready may take to leave after the drain.</summary>
    private static readonly TimeSpan LastAnswers = TimeSpan.FromSeconds(2);

    private readonly NodeHostOptions _options;
    private readonly ManagedBackend _backend = new();
    private readonly ILoggerFactory _logs;
    private readonly MeshNode _node;
    private HttpHost? _http;
    private volatile bool _draining;

    private NodeHost(NodeHostOptions options, ILoggerFactory logs)
    {
        _options = options;
        _logs = logs;
        _node = new MeshNode(options.Node, _backend, TimeProvider.System, logs.CreateLogger("tore.node"));
    }

    /// <summary>The node.</summary>
    public MeshNode Node => _node;

    /// <summary>The HTTP interface's URL.</summary>
    public string Url => _http!.Url;

    /// <summary>The certificate that HTTP is served with; null for clear text.</summary>
    public X509Certificate2? HttpCertificate { get; private set; }

    /// <summary>Starts both, or nothing.</summary>
    public static async Task<NodeHost> StartAsync(NodeHostOptions options, ILoggerFactory logs, CancellationToken cancellationToken)
    {
        options.Node.ThrowIfInvalid();
        var host = new NodeHost(options, logs);
        try
        {
            await host.StartAsync(cancellationToken);
            return host;
        }
        catch
        {
            await host.DisposeAsync();
            throw;
        }
    }

    /// <summary>Takes nothing new and waits until what runs has ended, at most 30 s.</summary>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        _draining = true;
        await _node.DrainAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        _draining = true;
        if (_http is not null)
        {
            using var soon = new CancellationTokenSource(LastAnswers);
            await _http.StopAsync(soon.Token);
            await _http.DisposeAsync();
        }
        await _node.DisposeAsync();
        _backend.Dispose();
        // Only a folder that was ours: one that another node holds, or that is no data folder, was never opened.
        if (_options.ThrowAway && _node.DataFolderPath is string folder && Directory.Exists(folder))
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private async Task StartAsync(CancellationToken cancellationToken)
    {
        bool offLoopback = _options.Http.Endpoint is IPEndPoint asked && !IPAddress.IsLoopback(asked.Address);
        bool https = _options.Http.Certificate is not null || (offLoopback && !_options.Http.Plain);
        Socket socket = HttpListenSocket.Bind(_options.Http.Endpoint);
        try
        {
            await _node.StartAsync(HttpHost.UrlOf((IPEndPoint)socket.LocalEndPoint!, https), cancellationToken);
            HttpCertificate = _options.Http.Certificate ?? (https ? _node.Certificate : null);
            _http = await HttpHost.StartAsync(
                socket, _options.Http with { Certificate = HttpCertificate }, ContextOf(), () => _draining, _logs, cancellationToken);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    private ApiContext ContextOf() => new()
    {
        Inference = new InferenceService(_node, TimeProvider.System, LocalEngine.ChooseSeed),
        FindShard = FindShardAsync,
        ChooseSeed = LocalEngine.ChooseSeed,
        Status = () => _node.Status,
        Contacts = () => _node.Contacts,
        Counters = () => _node.Counters,
        Time = TimeProvider.System,
        Log = _logs.CreateLogger("tore.http"),
        ParseSpecial = _options.ParseSpecial,
    };

    /// <summary>A foreign executor that follows <c>/inference/pipeline</c> finds the layers there, loaded on its first call.</summary>
    private async ValueTask<ForwardShard> FindShardAsync(string modelId, CancellationToken cancellationToken)
    {
        await _node.ResolveAsync(modelId, cancellationToken);
        try
        {
            return ShardOf(_node.FindShard(modelId));
        }
        catch (ToreException notLoaded) when (notLoaded.Code == ErrorCodes.ModelNotReady)
        {
            await _node.PreloadAsync(modelId, cancellationToken);
            return ShardOf(_node.FindShard(modelId));
        }
    }

    private static ForwardShard ShardOf((ModelListing Model, StageWorker Worker) found) => new(found.Model, found.Worker);
}
