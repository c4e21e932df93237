using Tore.Mesh.Coordination;
using Tore.Mesh.Models;
using Tore.Mesh.Primitives;
using Tore.Mesh.Wire;

namespace Tore.Mesh.Pipelines.Ring;

/// <summary>Reads from the live nodes which models there are, where their layers go, and what is missing. Pure.</summary>
internal static class MeshModels
{
    private const string DigestPrefix = "sha256:";
    private const int DigestDigitsMin = 12;

    /// <summary>Every model that a live node holds, by label.</summary>
    public static IReadOnlyList<ModelListing> List(MeshState mesh, NodeId self, Func<Digest, ModelText?> textOf)
    {
        var listings = new List<ModelListing>();
        foreach (Digest digest in mesh.Nodes.SelectMany(n => n.Models).Select(m => m.Model).Distinct())
        {
            listings.Add(Describe(mesh, self, digest, textOf));
        }
        listings.Sort((a, b) => (a.Label, a.Digest).CompareTo((b.Label, b.Digest)));
        return listings;
    }

    /// <summary>
    /// Finds a model by label (any node's name for it), or by <c>sha256:</c> and at least 12 hex digits. Throws <c>model_not_found</c>,
    /// or <c>model_ambiguous</c> listing the digests.
    /// </summary>
    public static ModelListing Resolve(MeshState mesh, NodeId self, string modelId, Func<Digest, ModelText?> textOf)
    {
        bool isDigest = modelId.StartsWith(DigestPrefix, StringComparison.Ordinal)
            && modelId.Length >= DigestPrefix.Length + DigestDigitsMin;
        Digest[] found = [.. mesh.Nodes.SelectMany(n => n.Models)
            .Where(m => m.Label == modelId || (isDigest && m.Model.ToString().StartsWith(modelId, StringComparison.OrdinalIgnoreCase)))
            .Select(m => m.Model).Distinct().Order()];
        return found switch
        {
            [Digest one] => Describe(mesh, self, one, textOf),
            [] => throw NotFound(mesh, modelId),
            _ => throw new ToreException(ErrorCodes.ModelAmbiguous,
                $"'{modelId}' names {found.Length} different models: {string.Join(", ", found)}. Ask for one by its digest."),
        };
    }

    /// <summary>
    /// The nodes that may run stages together: live, not leaving, holding the file, not <paramref name="excluded"/>, of equal
    /// arithmetic. Of several such groups the one that covers the model is taken, then the largest, then the first by fingerprint.
    /// </summary>
    public static PlacementPlan Plan(MeshState mesh, Digest model, int layerCount, IReadOnlySet<NodeId> excluded)
    {
        PlacementPlan? best = null;
        int bestCount = 0;
        foreach (IGrouping<string, NodeInfo> group in mesh.Nodes
            .Where(n => !n.IsDraining && !excluded.Contains(n.Node) && n.Models.Any(m => m.Model == model))
            .GroupBy(n => n.EngineFingerprint).OrderBy(g => g.Key, StringComparer.Ordinal))
        {
            PlacementCandidate[] candidates =
                [.. group.Select(n => new PlacementCandidate(n.Node, n.Models.First(m => m.Model == model).Limit))];
            PlacementPlan plan = PlacementPlan.Make(layerCount, candidates);
            if (best is null || (plan.IsComplete, candidates.Length).CompareTo((best.IsComplete, bestCount)) > 0)
            {
                (best, bestCount) = (plan, candidates.Length);
            }
        }
        return best ?? PlacementPlan.Make(layerCount, []);
    }

    private static ModelListing Describe(MeshState mesh, NodeId self, Digest digest, Func<Digest, ModelText?> textOf)
    {
        (NodeId Node, HeldModel Model)[] holders = [.. mesh.Nodes
            .SelectMany(n => n.Models.Where(m => m.Model == digest).Select(m => (n.Node, Model: m)))];
        // This node's own name for it, else the first holder's.
        (NodeId Node, HeldModel Model) named = holders.Any(h => h.Node == self) ? holders.First(h => h.Node == self) : holders[0];
        PlacementPlan plan = Plan(mesh, digest, named.Model.LayerCount, System.Collections.Immutable.ImmutableHashSet<NodeId>.Empty);
        HashSet<NodeId> route = [.. plan.Stages.Select(s => s.Node)];
        return new ModelListing
        {
            Label = named.Model.Label,
            Digest = digest,
            Architecture = named.Model.Architecture,
            LayerCount = named.Model.LayerCount,
            // A request fits where every stage of its route has room for it.
            ContextLength = holders.Where(h => route.Count == 0 || route.Contains(h.Node)).Min(h => h.Model.ContextLength),
            Text = textOf(digest),
            MissingLayers = plan.Missing,
        };
    }

    private static ToreException NotFound(MeshState mesh, string modelId)
    {
        string[] known = [.. mesh.Nodes.SelectMany(n => n.Models).Select(m => m.Label).Distinct().Order(StringComparer.Ordinal)];
        return new ToreException(ErrorCodes.ModelNotFound,
            $"No live node holds a model '{modelId}'. "
            + (known.Length == 0 ? "None holds any." : $"There are: {string.Join(", ", known)}."));
    }
}
