using System.Collections.Concurrent;
using Tore.Mesh.Primitives;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Pipelines.Ring;

/// <summary>The requests that entered at this node, by sequence: gives them the frames that are theirs.</summary>
internal sealed class EntryRoutes
{
    private readonly ConcurrentDictionary<Guid, RingGeneration> _running = new();

    /// <summary>Requests that run.</summary>
    public int Count => _running.Count;

    /// <summary>Lists a generation; it gets frames from now on.</summary>
    public void Add(RingGeneration generation) => _running[generation.Route.Sequence] = generation;

    /// <summary>Takes it off the list.</summary>
    public void Remove(RingGeneration generation) => _running.TryRemove(new(generation.Route.Sequence, generation));

    /// <summary>A token; only the last stage's are believed.</summary>
    public void OnToken(NodeId from, in Token token)
    {
        if (Find(token.Sequence, token.Route) is { } generation && generation.Route.LastNode == from)
        {
            generation.OnToken(token);
        }
    }

    /// <summary>The last stage is through with rows.</summary>
    public void OnChunkDone(NodeId from, in ChunkDone done)
    {
        if (Find(done.Sequence, done.Route) is { } generation && generation.Route.LastNode == from)
        {
            generation.OnChunkDone(done.Position);
        }
    }

    /// <summary>A stage cannot go on.</summary>
    public void OnFailed(NodeId from, in SequenceFailed failed)
    {
        if (Find(failed.Sequence, failed.Route) is { } generation && generation.Route.Has(from))
        {
            generation.Fail(PeerErrors.From(failed.Code, failed.Text));
        }
    }

    /// <summary>An activation link ended.</summary>
    public void OnTargetClosed(IFrameTarget target)
    {
        foreach (RingGeneration generation in _running.Values)
        {
            if (generation.Route.FirstTarget == target)
            {
                generation.Fail(new ToreException(ErrorCodes.StageLost,
                    $"The link to node {generation.Route.FirstNode.Short}, the first stage, broke. Ask again."));
            }
        }
    }

    /// <summary>Members went: requests that run over them cannot go on.</summary>
    public void OnMembersChanged(Func<NodeId, bool> isAlive)
    {
        foreach (RingGeneration generation in _running.Values)
        {
            generation.Route.FailIfLost(isAlive, generation.Fail);
        }
    }

    private RingGeneration? Find(Guid sequence, uint route) =>
        _running.TryGetValue(sequence, out RingGeneration? generation) && generation.Route.Number == route ? generation : null;
}
