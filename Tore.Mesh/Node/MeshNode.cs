using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging;
using Tore.Mesh.Identity;
using Tore.Mesh.Inference;
using Tore.Mesh.Inference.Stages;
using Tore.Mesh.Membership.Mdns;
using Tore.Mesh.Models;
using Tore.Mesh.Models.Gguf;
using Tore.Mesh.Pipelines;
using Tore.Mesh.Pipelines.Ring;
using Tore.Mesh.Pipelines.Stages;
using Tore.Mesh.Primitives;
using Tore.Mesh.Storage;
using Tore.Mesh.Tensors;
using Tore.Mesh.Transport;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Node;

/// <summary>
/// A node of the mesh: listens, finds its peers, serves layers of its models, and takes requests for any model of the mesh.
/// <list type="number">
/// <item><see cref="StartAsync"/> opens the data folder and the model files, listens, and returns: <see cref="Status"/> then has
/// what the ready line shows. Models are identified and peers found after that.</item>
/// <item><see cref="DrainAsync"/> lets running requests end, at most 30 s.</item>
/// <item><see cref="DisposeAsync"/> says goodbye and closes everything.</item>
/// </list>
/// </summary>
public sealed partial class MeshNode : IPipelineProvider, IAsyncDisposable
{
    /// <summary>Changes of the own description within this time are told together.</summary>
    private static readonly TimeSpan AnnounceDelay = TimeSpan.FromMilliseconds(100);

    private readonly MeshNodeOptions _options;
    private readonly IShardBackend _backend;
    private readonly TimeProvider _time;
    private readonly ILogger _logger;
    private readonly CancellationTokenSource _stop = new();
    private readonly OwnedTasks _tasks = new();
    private readonly MeshRouter _router = new();
    private readonly ITimer _announce;
    private DataFolder? _folder;
    private JoinedMesh? _joined;
    private NodeAdmission? _admission;
    private NodeKey? _key;
    private NodeCertificate? _certificate;
    private ShardStore? _shards;
    private StageHost? _stages;
    private PeerNetwork? _network;
    private MeshView? _view;
    private RingPipelineProvider? _provider;
    private MdnsResponder? _mdns;
    private string[] _unidentified = [];
    private readonly ulong _start = BitConverter.ToUInt64(RandomNumberGenerator.GetBytes(sizeof(ulong)));
    private IncarnationStore? _incarnations;
    private IReadOnlyList<NodeWarning> _warnings = [];
    private IReadOnlyList<string> _addresses = [];
    private DateTimeOffset _startedAt;
    private AddressWatch? _watch;
    private Task _identified = Task.CompletedTask;
    private NodeState _state = NodeState.Starting;
    private int _disposed;

    /// <summary>Checks the options (<see cref="MeshNodeOptions.ThrowIfInvalid"/>); nothing is opened yet.</summary>
    /// <param name="options">What the node is to be.</param>
    /// <param name="backend">Runs shards; the caller's to dispose, after the node.</param>
    /// <param name="time">The clock.</param>
    /// <param name="logger">Never told prompts, outputs or secrets.</param>
    public MeshNode(MeshNodeOptions options, IShardBackend backend, TimeProvider time, ILogger logger)
    {
        options.ThrowIfInvalid();
        _options = options;
        _backend = backend;
        _time = time;
        _logger = logger;
        _announce = time.CreateTimer(_ => _network?.Announce(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>The node's id; known once started.</summary>
    public NodeId Id => Started(_key).Id;

    /// <summary>The node's certificate, which HTTPS may use too; known once started.</summary>
    public X509Certificate2 Certificate => Started(_certificate).Certificate;

    /// <summary>The data folder that this node has locked, or had until it ended; null before, and where it could not be opened.</summary>
    public string? DataFolderPath => _folder?.FullPath;

    /// <inheritdoc/>
    public IReadOnlyList<ModelListing> Models => Started(_provider).Models;

    /// <summary>
    /// Opens the data folder and the models, and listens. Throws <c>data_folder_locked</c>, <c>data_folder_format</c>,
    /// <c>mesh_not_found</c>, <c>mesh_exists</c>, <c>invite_expired</c>, <c>port_in_use</c>, <c>address_not_available</c>,
    /// <c>file_not_readable</c>, or what is wrong with a model file.
    /// </summary>
    /// <param name="httpAddress">URL of the node's HTTP interface, told to peers; null without one.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public async Task StartAsync(string? httpAddress, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _folder = DataFolder.Open(_options.DataFolder);
        _joined = JoinedMesh.Find(_options, _folder.FullPath, _time.GetUtcNow());
        _admission = new NodeAdmission(_folder.FullPath, _options.Allow, _options.Ban, _time, _logger);
        _key = NodeKey.LoadOrCreate(_folder.KeyPath, _logger);
        _certificate = NodeCertificate.Create(_key);
        var shardOptions = new ShardOptions
        {
            ContextLength = _options.ContextLength,
            Slots = _options.Slots,
            MemoryBytes = _options.MemoryBytes,
            Threads = _options.Threads,
        };
        _shards = new ShardStore(_backend, shardOptions, _time, _logger) { Changed = OnOwnChanged };
        List<OpenedModel> models = ModelOpening.Open(_options);
        try
        {
            WarnOf(models, shardOptions);
            Assemble();
            IPEndPoint listened = ListenAddress.Listen(_options.Listen, Started(_network).Listen);
            _addresses = ListenAddress.Advertised(listened);
            _startedAt = _time.GetUtcNow();
            Started(_view).OnOwn(own => own with { HttpAddress = httpAddress, Transports = TransportsOf(listened, httpAddress) });
            PublishAddresses(httpAddress);
            _state = NodeState.Serving;
            await JoinAsync(listened);
        }
        catch
        {
            models.ForEach(m => m.File.Dispose());
            throw;
        }
        _unidentified = [.. models.Select(m => m.Label)];
        _identified = IdentifyAsync(models);
        _tasks.Add(_identified);
    }

    /// <inheritdoc/>
    public ModelListing Resolve(string modelId) => Started(_provider).Resolve(modelId);

    /// <inheritdoc/>
    public async ValueTask<ModelListing> ResolveAsync(string modelId, CancellationToken cancellationToken)
    {
        bool mayCome = !_identified.IsCompleted
            && (_unidentified.Contains(modelId) || modelId.StartsWith("sha256:", StringComparison.OrdinalIgnoreCase));
        if (!mayCome || Models.Any(m => m.Label == modelId))
        {
            return Resolve(modelId);
        }
        try
        {
            await _identified.WaitAsync(Limits.ModelReadyWait, _time, cancellationToken);
        }
        catch (TimeoutException)
        {
            throw new ToreException(ErrorCodes.ModelNotReady,
                $"'{modelId}' is still being read through for its identity, as at the first start with a file: ask again in a moment.");
        }
        return Resolve(modelId);
    }

    /// <inheritdoc/>
    public async ValueTask<ITokenPipeline> AcquireAsync(ModelListing model, int positions, CancellationToken cancellationToken)
    {
        try
        {
            ITokenPipeline pipeline = await Started(_provider).AcquireAsync(model, positions, cancellationToken);
            Interlocked.Increment(ref _routesOpened);
            return pipeline;
        }
        catch (ToreException)
        {
            Interlocked.Increment(ref _routesRefused);
            throw;
        }
    }

    /// <summary>
    /// The layers of a model that are loaded here, and the worker that runs them, for the baseline activation server. Throws
    /// <c>model_not_found</c>, or <c>model_not_ready</c> when nothing of it is loaded here.
    /// </summary>
    public (ModelListing Model, StageWorker Worker) FindShard(string modelId)
    {
        ModelListing model = Resolve(modelId);
        OpenedShard shard = Started(_shards).Registered(model.Digest) ?? throw new ToreException(ErrorCodes.ModelNotReady,
            $"No layers of '{model.Label}' are loaded here. Ask /inference/pipeline for the nodes that have them.");
        return (model, shard.Worker);
    }

    /// <summary>
    /// Loads the layers that this node would run for a request entering here now, so that the first one need not wait. Returns at once
    /// where it would run none. Errors as <see cref="AcquireAsync"/>.
    /// </summary>
    public async Task PreloadAsync(string modelId, CancellationToken cancellationToken)
    {
        ModelListing model = Resolve(modelId);
        foreach (PipelineStage stage in RouteOf(model).Where(s => s.Node == Id))
        {
            await Started(_shards).OpenAsync(model.Digest, stage.Layers, model.ContextLength, cancellationToken);
        }
    }

    /// <summary>
    /// Takes nothing new, tells the peers, and waits until what runs has ended, at most 30 s.
    /// </summary>
    /// <param name="cancellationToken">Ends the wait at once (a second signal).</param>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        if (_state != NodeState.Serving)
        {
            return;
        }
        _state = NodeState.Draining;
        Started(_provider).Drain();
        Started(_stages).Drain();
        Started(_view).OnOwn(own => own with { IsDraining = true });
        await Started(_network).AnnounceAsync();
        using var limit = new CancellationTokenSource(Limits.Drain, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            while (Started(_provider).Running > 0 || Started(_stages).Routes > 0)
            {
                MeshState mesh = Started(_view).Current;
                await Started(_view).WaitForChangeAsync(mesh.Version, either.Token).WaitAsync(AnnounceDelay, _time, either.Token)
                    .ContinueWith(static _ => { }, TaskScheduler.Default);
                either.Token.ThrowIfCancellationRequested();
            }
        }
        catch (OperationCanceledException)
        {
            _logger.LogWarning("Stopping with {Count} requests unfinished.", Started(_provider).Running + Started(_stages).Routes);
        }
    }

    /// <summary>Ends what still runs, says goodbye and closes everything.</summary>
    public async ValueTask DisposeAsync()
    {
        if (Interlocked.Exchange(ref _disposed, 1) != 0)
        {
            return;
        }
        _state = NodeState.Stopped;
        _provider?.Drain();
        await _stop.CancelAsync();
        await _announce.DisposeAsync();
        foreach (IAsyncDisposable? part in (IAsyncDisposable?[])[_admission, _watch, _mdns, _stages, _router, _network])
        {
            if (part is not null)
            {
                await part.DisposeAsync();
            }
        }
        await _tasks.WaitAsync();
        if (_shards is not null)
        {
            await _shards.DisposeAsync();
        }
        _incarnations?.Dispose();
        _certificate?.Dispose();
        _key?.Dispose();
        _folder?.Dispose();
        _stop.Dispose();
    }

    private MeshSecret Mesh => Started(_joined).Mesh;

    private static T Started<T>(T? part)
        where T : class => part ?? throw new InvalidOperationException("The node has not been started.");

    /// <summary>Hashes the models, one after the other; each is served as soon as it is known.</summary>
    private async Task IdentifyAsync(List<OpenedModel> models)
    {
        await Task.Yield();
        var cache = new ModelIdentityCache(_folder!.IdentityCachePath);
        foreach (OpenedModel model in models)
        {
            try
            {
                Digest digest = await ModelIdentity.ComputeAsync(model.File, cache, progress: null, threads: 2, _stop.Token);
                if (!_shards!.Add(model.Identified(digest)))
                {
                    _logger.LogWarning("{Path} is the same model as another that is served: passed over.", model.File.Path);
                    model.File.Dispose();
                }
            }
            catch (Exception failure) when (failure is ToreException or OperationCanceledException)
            {
                _logger.LogError("{Path} is not served: {Reason}", model.File.Path, failure.Message);
                model.File.Dispose();
            }
        }
    }

    private void OnOwnChanged()
    {
        _view?.OnOwn(own => own with
        {
            Models = _shards!.Held,
            SlotsInUse = _shards.SlotsInUse,
            Running = _provider?.Running ?? 0,
        });
        _announce.Change(AnnounceDelay, Timeout.InfiniteTimeSpan);
    }

    private void OnSlotsChanged()
    {
        _shards!.OnUseEnded();
        OnOwnChanged();
    }
}
