using Tore.Mesh.Coordination;
using Tore.Mesh.Primitives;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Pipelines.Ring;

/// <summary>Turns a plan into a route: layers loaded on every stage, then a slot on each, in layer order.</summary>
internal static class RouteOpening
{
    /// <summary>Opens the route, or nothing of it. Throws <see cref="StageRefusedException"/>, or the caller's cancellation.</summary>
    public static async Task<RingRoute> OpenAsync(
        IMeshView mesh, IRouteLinks links, ModelListing model, PlacementPlan plan, int positions, CancellationToken cancellationToken)
    {
        IStageClient[] clients = [.. plan.Stages.Select(s => mesh.StagesOf(s.Node))];
        await Task.WhenAll(clients.Select((client, i) => OpenShardAsync(mesh, client, model, plan.Stages[i].Layers, cancellationToken)));
        NodeId firstNode = clients[0].Node;
        IFrameTarget first = await RefusedAsRefusalAsync(firstNode, () => links.TargetAsync(firstNode, cancellationToken).AsTask());
        var open = new OpenSequence
        {
            Sequence = Guid.NewGuid(),
            Route = 1,
            Model = model.Digest,
            Entry = mesh.Self,
            Stages = [.. plan.Stages.Select(s => new RouteStage(s.Node, s.Layers))],
            Positions = positions,
        };
        int window = int.MaxValue, asked = 0;
        try
        {
            for (; asked < clients.Length; asked++)
            {
                SequenceOpened opened = await OpenSequenceAsync(clients[asked], open with { Stage = asked }, cancellationToken);
                window = Math.Min(window, Math.Max(opened.WaitingRowsMax, 1));
            }
        }
        catch
        {
            // The stage that was being asked may have granted meanwhile, or may still wait: it is told, too.
            foreach (IStageClient client in clients.Take(asked + 1))
            {
                client.CloseSequence(new CloseSequence(open.Sequence, open.Route));
            }
            throw;
        }
        PipelineStage[] stages = [.. plan.Stages.Select(s => new PipelineStage(s.Node, s.Layers))];
        return new RingRoute(open.Sequence, open.Route, stages, clients, first, positions, window);
    }

    private static Task OpenShardAsync(
        IMeshView mesh, IStageClient client, ModelListing model, LayerRange layers, CancellationToken cancellationToken)
    {
        foreach (NodeInfo node in mesh.Current.Nodes)
        {
            if (node.Node == client.Node && node.Models.Any(m => m.Model == model.Digest && m.Open == layers))
            {
                return Task.CompletedTask;
            }
        }
        return RefusedAsRefusalAsync(client.Node, () => client.OpenShardAsync(
            new OpenShard(0, model.Digest, layers, model.ContextLength), cancellationToken));
    }

    /// <summary>Takes a slot; layers that were unloaded since the node told of them are loaded again first.</summary>
    private static Task<SequenceOpened> OpenSequenceAsync(IStageClient client, OpenSequence open, CancellationToken cancellationToken) =>
        RefusedAsRefusalAsync(client.Node, async () =>
        {
            try
            {
                return await client.OpenSequenceAsync(open, cancellationToken);
            }
            catch (ToreException missing) when (missing.Code == ErrorCodes.ModelNotReady)
            {
                var shard = new OpenShard(0, open.Model, open.Stages[open.Stage].Layers, open.Positions);
                await client.OpenShardAsync(shard, cancellationToken);
                return await client.OpenSequenceAsync(open, cancellationToken);
            }
        });

    private static async Task<T> RefusedAsRefusalAsync<T>(NodeId node, Func<Task<T>> ask)
    {
        try
        {
            return await ask();
        }
        catch (ToreException reason)
        {
            throw new StageRefusedException(node, reason);
        }
    }
}
