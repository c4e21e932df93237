using System.Globalization;
using Tore.Mesh.Inference;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Node;

/// <summary>
/// Says before anything is loaded which models do not fit the memory that the node may use: a request would find out too late.
/// </summary>
internal static class ModelMemory
{
    /// <summary>A warning for each model of which this node alone cannot hold all the layers that it may open.</summary>
    public static IReadOnlyList<NodeWarning> Check(IReadOnlyList<OpenedModel> models, IShardBackend backend, ShardOptions options)
    {
        long memory = options.MemoryBytes ?? MemoryGrant.DefaultBudgetBytes();
        var warnings = new List<NodeWarning>();
        foreach (OpenedModel model in models)
        {
            LayerRange all = model.Limit ?? LayerRange.All(model.Config.LayerCount);
            long Needs(LayerRange layers) => backend.Plan(model.File, model.Config, layers, options).TotalBytes;
            int fitting = MostLayers(all, layers => Needs(layers) <= memory);
            if (fitting < all.Count)
            {
                string part = fitting == 0 ? "not one of them" : $"at most {fitting} of them at once";
                string help = fitting == 0
                    ? "requests will not run here. Raise --memory, or take a smaller --context or fewer --slots."
                    : "requests need other nodes for the rest. Raise --memory, take a smaller --context or fewer --slots, or add nodes.";
                warnings.Add(new NodeWarning(ErrorCodes.MemoryBudgetExceeded,
                    $"Layers {all} of '{model.Label}' need {Mebi(Needs(all))} and this node may use {Mebi(memory)}, which holds {part}: "
                    + help));
            }
        }
        return warnings;
    }

    /// <summary>
    /// The longest range that fits. The first and the last layer of a model bring its embedding and head, so that a range in the middle
    /// may fit where neither end does.
    /// </summary>
    private static int MostLayers(LayerRange all, Func<LayerRange, bool> fits)
    {
        bool Fits(int count) =>
            fits(new LayerRange(all.Start, all.Start + count - 1))
            || fits(new LayerRange(all.End - count + 1, all.End))
            || (all.Count > count + 1 && fits(new LayerRange(all.Start + 1, all.Start + count)));
        int low = 0, high = all.Count;
        while (low < high)
        {
            int middle = (low + high + 1) / 2;
            (low, high) = Fits(middle) ? (middle, high) : (low, middle - 1);
        }
        return low;
    }

    private static string Mebi(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:0.#} MiB");
}
