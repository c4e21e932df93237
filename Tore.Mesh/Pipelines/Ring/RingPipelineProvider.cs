using Tore.Mesh.Coordination;
using Tore.Mesh.Primitives;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Pipelines.Ring;

/// <summary>
/// The models of the mesh, and routes through them: what an entry node does between a request and its first token. Waits for missing
/// layers and for slots, in bounded numbers and times.
/// </summary>
internal sealed class RingPipelineProvider : IPipelineProvider
{
    private readonly IMeshView _mesh;
    private readonly IRouteLinks _links;
    private readonly EntryRoutes _entries;
    private readonly TimeProvider _time;
    private int _waiting;
    private int _running;
    private volatile bool _draining;

    /// <summary>Serves requests that enter at a node.</summary>
    public RingPipelineProvider(IMeshView mesh, IRouteLinks links, EntryRoutes entries, TimeProvider time)
    {
        _mesh = mesh;
        _links = links;
        _entries = entries;
        _time = time;
    }

    /// <inheritdoc/>
    public IReadOnlyList<ModelListing> Models => MeshModels.List(_mesh.Current, _mesh.Self, _mesh.TextOf);

    /// <summary>Requests that wait for layers or slots.</summary>
    public int Waiting => Volatile.Read(ref _waiting);

    /// <summary>Requests that hold slots.</summary>
    public int Running => Volatile.Read(ref _running);

    /// <summary>Takes nothing new from now on.</summary>
    public void Drain() => _draining = true;

    /// <inheritdoc/>
    public ModelListing Resolve(string modelId) => MeshModels.Resolve(_mesh.Current, _mesh.Self, modelId, _mesh.TextOf);

    /// <inheritdoc/>
    public async ValueTask<ITokenPipeline> AcquireAsync(ModelListing model, int positions, CancellationToken cancellationToken)
    {
        ThrowIfDraining();
        if (positions > model.ContextLength)
        {
            throw new ToreException(ErrorCodes.ContextLengthExceeded,
                $"{positions} positions are asked for, but the context is {model.ContextLength}: shorten the prompt, ask for fewer tokens, "
                + "or raise --context on the nodes.");
        }
        if (Interlocked.Increment(ref _waiting) + Running > Limits.WaitingRequests + SlotsFor(model))
        {
            Interlocked.Decrement(ref _waiting);
            throw new ToreException(ErrorCodes.Busy,
                $"All slots are in use and {Limits.WaitingRequests} requests wait already: try again later.");
        }
        try
        {
            RingRoute route = await OpenRouteAsync(model, positions, cancellationToken);
            Interlocked.Increment(ref _running);
            return new RingPipeline(route, _entries, () => Interlocked.Decrement(ref _running));
        }
        finally
        {
            Interlocked.Decrement(ref _waiting);
        }
    }

    private int SlotsFor(ModelListing model) =>
        _mesh.Current.Nodes.Where(n => n.Models.Any(m => m.Model == model.Digest)).Select(n => n.Slots).DefaultIfEmpty(0).Min();

    /// <summary>
    /// 1. Plans over the live nodes, waiting for missing layers. 2. Asks each stage for its layers. 3. Takes a slot on each, in layer
    /// order. A node that refuses or vanishes is left out, and the rest are planned again; what it said is told when nothing is left.
    /// </summary>
    private async Task<RingRoute> OpenRouteAsync(ModelListing model, int positions, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(Limits.SlotWait, _time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, patience.Token);
        var excluded = new HashSet<NodeId>();
        ToreException? refusal = null;
        long started = _time.GetTimestamp();
        try
        {
            while (true)
            {
                ThrowIfDraining();
                MeshState mesh = _mesh.Current;
                PlacementPlan plan = MeshModels.Plan(mesh, model.Digest, model.LayerCount, excluded);
                if (!plan.IsComplete)
                {
                    TimeSpan left = Limits.ModelReadyWait - _time.GetElapsedTime(started);
                    ThrowIfHopeless(model, plan, refusal, left);
                    await WaitForChangeAsync(mesh.Version, left, either.Token);
                    excluded.Clear();
                    continue;
                }
                try
                {
                    return await RouteOpening.OpenAsync(_mesh, _links, model, plan, positions, either.Token);
                }
                catch (StageRefusedException refused) when (refused.Reason.Code is ErrorCodes.Busy or ErrorCodes.ContextLengthExceeded)
                {
                    throw refused.Reason;
                }
                catch (StageRefusedException refused)
                {
                    excluded.Add(refused.Node);
                    refusal = refused.Reason;
                }
            }
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ToreException(ErrorCodes.Busy,
                $"No slot became free on every stage within {Limits.SlotWait.TotalSeconds} s: try again later.");
        }
    }

    private static void ThrowIfHopeless(ModelListing model, PlacementPlan plan, ToreException? refusal, TimeSpan left)
    {
        // A node that is there and says no will not say yes for waiting; one that went may come back.
        if (refusal is not null && refusal.Code is not (ErrorCodes.PeerUnreachable or ErrorCodes.StageLost or ErrorCodes.Draining))
        {
            throw refusal;
        }
        if (left <= TimeSpan.Zero)
        {
            throw new ToreException(ErrorCodes.ModelNotReady,
                $"Layers {string.Join(", ", plan.Missing)} of '{model.Label}' are on no live node. "
                + "Start a node that holds them, then ask again.");
        }
    }

    private async Task WaitForChangeAsync(long version, TimeSpan longest, CancellationToken cancellationToken)
    {
        try
        {
            await _mesh.WaitForChangeAsync(version, cancellationToken).WaitAsync(longest, _time, cancellationToken);
        }
        catch (TimeoutException)
        {
            // The caller looks once more, and then says what is missing.
        }
    }

    private void ThrowIfDraining()
    {
        if (_draining)
        {
            throw new ToreException(ErrorCodes.Draining, "This node is shutting down and takes no new request: ask another.");
        }
    }
}
