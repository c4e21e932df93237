using Tore.Mesh.Primitives;

namespace Tore.Mesh.Coordination;

/// <summary>
/// Which node runs which layers of a model, decided by the entry node until the coordinator exists (mesh.md, Models and placement).
/// Equal candidates give equal plans on every node. Pure.
/// </summary>
public sealed class PlacementPlan
{
    private PlacementPlan(IReadOnlyList<PlacedRange> stages, IReadOnlyList<LayerRange> missing)
    {
        Stages = stages;
        Missing = missing;
    }

    /// <summary>The stages in layer order, each node once; they cover every layer exactly once where <see cref="IsComplete"/>.</summary>
    public IReadOnlyList<PlacedRange> Stages { get; }

    /// <summary>The layers that no candidate may open, in order.</summary>
    public IReadOnlyList<LayerRange> Missing { get; }

    /// <summary>Whether every layer is covered.</summary>
    public bool IsComplete => Missing.Count == 0;

    /// <summary>
    /// Places the layers. Nodes with a limit come first, each from the first uncovered layer of its limit to the limit's end,
    /// the one that ends soonest before the others (so that nobody who said what to open is left out needlessly); what
    /// they leave uncovered is shared out evenly over the others, by id. With more gaps than such nodes, gaps are joined over
    /// the fewest layers between them, because a node runs one contiguous range.
    /// </summary>
    public static PlacementPlan Make(int layerCount, IEnumerable<PlacementCandidate> candidates)
    {
        PlacementCandidate[] sorted = [.. candidates.OrderBy(c => c.Node)];
        List<PlacedRange> stages = PlaceLimited(layerCount, sorted);
        List<LayerRange> gaps = Gaps(layerCount, stages);
        NodeId[] free = [.. sorted.Where(c => c.Limit is null).Select(c => c.Node)];
        if (gaps.Count == 0 || free.Length == 0)
        {
            return new PlacementPlan(stages, gaps);
        }
        JoinGaps(gaps, stages, free.Length);
        stages.AddRange(Share(gaps, free));
        stages.Sort((a, b) => a.Layers.Start.CompareTo(b.Layers.Start));
        return new PlacementPlan(stages, []);
    }

    private static List<PlacedRange> PlaceLimited(int layerCount, PlacementCandidate[] sorted)
    {
        var stages = new List<PlacedRange>();
        for (int layer = 0; layer < layerCount;)
        {
            PlacementCandidate? best = null;
            foreach (PlacementCandidate candidate in sorted)
            {
                // A node already placed ends before this layer, so it cannot be found twice.
                if (candidate.Limit is { } limit && limit.Start <= layer && limit.End >= layer && !(best?.Limit!.Value.End <= limit.End))
                {
                    best = candidate;
                }
            }
            if (best is null)
            {
                layer++;
                continue;
            }
            int end = Math.Min(best.Value.Limit!.Value.End, layerCount - 1);
            stages.Add(new PlacedRange(best.Value.Node, new LayerRange(layer, end)));
            layer = end + 1;
        }
        return stages;
    }

    private static List<LayerRange> Gaps(int layerCount, List<PlacedRange> stages)
    {
        var gaps = new List<LayerRange>();
        int next = 0;
        foreach (PlacedRange stage in stages)
        {
            if (stage.Layers.Start > next)
            {
                gaps.Add(new LayerRange(next, stage.Layers.Start - 1));
            }
            next = stage.Layers.End + 1;
        }
        if (next < layerCount)
        {
            gaps.Add(new LayerRange(next, layerCount - 1));
        }
        return gaps;
    }

    private static void JoinGaps(List<LayerRange> gaps, List<PlacedRange> stages, int atMost)
    {
        while (gaps.Count > atMost)
        {
            int join = 0;
            for (int i = 1; i + 1 < gaps.Count; i++)
            {
                if (gaps[i + 1].Start - gaps[i].End < gaps[join + 1].Start - gaps[join].End)
                {
                    join = i;
                }
            }
            var joined = new LayerRange(gaps[join].Start, gaps[join + 1].End);
            stages.RemoveAll(s => joined.Contains(s.Layers));
            gaps[join] = joined;
            gaps.RemoveAt(join + 1);
        }
    }

    /// <summary>One node a gap, then each further node to the gap with the most layers a node, while there is a layer for it.</summary>
    private static IEnumerable<PlacedRange> Share(List<LayerRange> gaps, NodeId[] nodes)
    {
        int[] parts = new int[gaps.Count];
        Array.Fill(parts, 1);
        for (int given = gaps.Count; given < nodes.Length; given++)
        {
            int widest = -1;
            for (int i = 0; i < parts.Length; i++)
            {
                // gap / parts compared by cross-multiplication: exact.
                if (parts[i] < gaps[i].Count && (widest < 0 || gaps[i].Count * parts[widest] > gaps[widest].Count * parts[i]))
                {
                    widest = i;
                }
            }
            if (widest < 0)
            {
                break;
            }
            parts[widest]++;
        }
        int node = 0;
        for (int i = 0; i < parts.Length; i++)
        {
            foreach (LayerRange part in LayerRange.Split(gaps[i].Count, parts[i]))
            {
                yield return new PlacedRange(nodes[node++], new LayerRange(gaps[i].Start + part.Start, gaps[i].Start + part.End));
            }
        }
    }
}
