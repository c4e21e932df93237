using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Tore.Mesh.Inference.Stages;
using Tore.Mesh.Pipelines.Ring;
using Tore.Mesh.Primitives;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Pipelines.Stages;

/// <summary>
/// The stage side of a node: every request that passes through its shards. It answers entry nodes' control messages, carries frames
/// between links and workers, and frees slots as soon as a request is over or its entry node is gone.
/// </summary>
internal sealed class StageHost : IAsyncDisposable
{
    private readonly IRouteLinks _links;
    private readonly IStageShards _shards;
    private readonly ILogger _logger;
    private readonly ConcurrentDictionary<Guid, StageRoute> _routes = new();
    private readonly ConcurrentDictionary<Task, bool> _closing = new();
    private volatile bool _draining;

    /// <summary>Serves the shards of a node.</summary>
    public StageHost(IRouteLinks links, IStageShards shards, ILogger logger)
    {
        _links = links;
        _shards = shards;
        _logger = logger;
    }

    /// <summary>Called when a slot was taken or freed.</summary>
    public Action? SlotsChanged { get; set; }

    /// <summary>Requests that run or wait on stages here.</summary>
    public int Routes => _routes.Count;

    /// <summary>Takes no new sequence from now on; running ones go on.</summary>
    public void Drain() => _draining = true;

    /// <summary>Loads a range. See <see cref="IStageShards.OpenAsync"/>.</summary>
    public async Task<ShardOpened> OpenShardAsync(OpenShard message, string fingerprint, CancellationToken cancellationToken)
    {
        ThrowIfDraining();
        OpenedShard shard = await _shards.OpenAsync(message.Model, message.Layers, message.ContextLength, cancellationToken);
        return new ShardOpened(message.Call, shard.Layers, shard.Worker.Shard.Slots, shard.Worker.Shard.ContextLength, fingerprint);
    }

    /// <summary>
    /// Takes a slot, waiting for one if need be; <see cref="Close"/> ends the wait. Throws <c>model_not_ready</c> when the range is not
    /// loaded, <c>busy</c>, <c>context_length_exceeded</c>, <c>peer_unreachable</c>, <c>invalid_request</c>, <c>draining</c>.
    /// </summary>
    public async Task<SequenceOpened> OpenAsync(NodeId from, OpenSequence message, CancellationToken cancellationToken)
    {
        ThrowIfDraining();
        Check(from, message);
        LayerRange layers = message.Stages[message.Stage].Layers;
        OpenedShard shard = _shards.Hold(message.Model, layers) ?? throw new ToreException(ErrorCodes.ModelNotReady,
            $"Node {_links.Self.Short} has not loaded layers {layers} of {message.Model}.");
        var route = new StageRoute(message, shard, Fail);
        if (!_routes.TryAdd(message.Sequence, route))
        {
            shard.Release();
            throw new ToreException(ErrorCodes.InvalidRequest, $"Sequence {message.Sequence} is open here already.");
        }
        try
        {
            using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, route.Closed);
            route.Targets = await TargetsAsync(route, either.Token);
            var spec = new StageSequenceSpec { RequestId = message.Sequence.ToString(), Positions = message.Positions };
            StageSequence sequence = await shard.Slots.TakeAsync(spec, route, either.Token);
            if (!route.TryGrant(sequence))
            {
                await shard.Worker.Close(sequence);
                throw Gone(route);
            }
            SlotsChanged?.Invoke();
            return new SequenceOpened(message.Call, shard.WaitingRowsMax);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Gone(route);
        }
        catch
        {
            End(route);
            throw;
        }
    }

    /// <summary>Learns what a sequence is to generate.</summary>
    public SequenceOpened Start(NodeId from, StartSequence message)
    {
        StageRoute route = Find(message.Sequence, message.Route) is { } found && found.Open.Entry == from
            ? found
            : throw new ToreException(ErrorCodes.StageLost, $"Sequence {message.Sequence} is not open here.");
        route.Start(message);
        return new SequenceOpened(message.Call, route.Shard.WaitingRowsMax);
    }

    /// <summary>The entry node is through with a sequence; unknown ones are no error.</summary>
    public void Close(NodeId from, CloseSequence message)
    {
        if (Find(message.Sequence, message.Route) is { } route && route.Open.Entry == from)
        {
            End(route);
        }
    }

    /// <summary>The entry node has tokens.</summary>
    public void OnAcknowledged(NodeId from, TokenAck message)
    {
        if (Find(message.Sequence, message.Route) is { IsFirst: true } route && route.Open.Entry == from)
        {
            route.OnAcknowledged(message.Position);
        }
    }

    /// <summary>Rows or prompt for a stage here.</summary>
    public void OnActivations(NodeId from, in Activations head, ReadOnlySpan<float> rows)
    {
        if (Find(head.Sequence, head.Route) is { } route && route.Sender == from)
        {
            route.OnActivations(head, rows);
        }
    }

    /// <summary>A token for a stage 1 here.</summary>
    public void OnToken(NodeId from, in Token token)
    {
        if (Find(token.Sequence, token.Route) is { IsFirst: true } route && route.Last == from)
        {
            route.OnToken(token);
        }
    }

    /// <summary>An activation link ended: routes that sent on it cannot go on.</summary>
    public void OnTargetClosed(IFrameTarget target)
    {
        foreach (StageRoute route in _routes.Values)
        {
            foreach ((NodeId node, IFrameTarget used) in route.Targets)
            {
                if (used == target)
                {
                    Fail(route, new ToreException(ErrorCodes.StageLost, $"The link to node {node.Short} of the route broke."));
                }
            }
        }
    }

    /// <summary>Members went: what they asked for is over.</summary>
    public void OnMembersChanged(Func<NodeId, bool> isAlive)
    {
        foreach (StageRoute route in _routes.Values)
        {
            if (!isAlive(route.Open.Entry))
            {
                End(route);
            }
        }
    }

    /// <summary>Ends every route and waits until their slots are free.</summary>
    public async ValueTask DisposeAsync()
    {
        _draining = true;
        foreach (StageRoute route in _routes.Values)
        {
            Fail(route, new ToreException(ErrorCodes.Draining, $"Node {_links.Self.Short} is shutting down."));
        }
        await Task.WhenAll(_closing.Keys);
    }

    private StageRoute? Find(Guid sequence, uint route) =>
        _routes.TryGetValue(sequence, out StageRoute? found) && found.Open.Route == route ? found : null;

    private void ThrowIfDraining()
    {
        if (_draining)
        {
            throw new ToreException(ErrorCodes.Draining, $"Node {_links.Self.Short} is shutting down and takes nothing new.");
        }
    }

    private void Check(NodeId from, in OpenSequence message)
    {
        bool isRoute = message.Entry == from && message.Stages.Count > 0 && message.Stages[message.Stage].Node == _links.Self
            && message.Positions > 0;
        int next = 0;
        foreach (RouteStage stage in message.Stages)
        {
            isRoute &= stage.Layers.Start == next;
            next = stage.Layers.End + 1;
        }
        if (!isRoute)
        {
            throw new ToreException(ErrorCodes.InvalidRequest,
                "The route does not cover the layers in order, or does not name this node and its asker.");
        }
    }

    private async Task<(NodeId, IFrameTarget)[]> TargetsAsync(StageRoute route, CancellationToken cancellationToken)
    {
        NodeId[] nodes = !route.IsLast ? [route.Open.Stages[route.Open.Stage + 1].Node]
            : route.First == route.Open.Entry ? [route.Open.Entry]
            : [route.First, route.Open.Entry];
        var targets = new List<(NodeId, IFrameTarget)>();
        foreach (NodeId node in nodes)
        {
            targets.Add((node, await _links.TargetAsync(node, cancellationToken)));
        }
        return [.. targets];
    }

    private void Fail(StageRoute route, ToreException error)
    {
        if (End(route))
        {
            _logger.LogDebug("Request {Request} ended on stage {Stage}: {Code}: {Reason}",
                route.RequestId, route.Open.Stage + 1, error.Code, error.Message);
            _links.TrySendControl(route.Open.Entry,
                new SequenceFailed(route.Open.Sequence, route.Open.Route, error.Code, error.Message));
        }
    }

    /// <summary>Takes a route out and frees its slot; false when that was done before.</summary>
    private bool End(StageRoute route)
    {
        if (!route.TryEnd(out StageSequence? sequence))
        {
            return false;
        }
        _routes.TryRemove(new(route.Open.Sequence, route));
        Task closing = CloseAsync(route, sequence);
        if (!closing.IsCompleted)
        {
            _closing.TryAdd(closing, true);
            _ = closing.ContinueWith(done => _closing.TryRemove(done, out _), TaskScheduler.Default);
        }
        return true;
    }

    private async Task CloseAsync(StageRoute route, StageSequence? sequence)
    {
        if (sequence is not null)
        {
            await route.Shard.Worker.Close(sequence);
        }
        route.Shard.Release();
        route.Dispose();
        SlotsChanged?.Invoke();
    }

    private static ToreException Gone(StageRoute route) =>
        new(ErrorCodes.Cancelled, $"Sequence {route.Open.Sequence} was closed while it waited.");
}
