using System.Globalization;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Inference;

/// <summary>What a shard's memory goes to, in bytes, known before anything is loaded.</summary>
/// <param name="WeightBytes">Repacked matrices, norms, biases and position tables; a tied embedding counts for first and last
/// shard.</param>
/// <param name="LargestTensorBytes">The largest stored tensor: what passes through memory while it is repacked.</param>
/// <param name="KeyValueBytes">Key-value cache: slots x context x layers.</param>
/// <param name="ScratchBytes">Activations, quantized panels, logits and queued input.</param>
public readonly record struct ShardBudget(long WeightBytes, long LargestTensorBytes, long KeyValueBytes, long ScratchBytes)
{
    /// <summary>All of it; printed as <c>budget_bytes</c>.</summary>
    public long TotalBytes => WeightBytes + LargestTensorBytes + KeyValueBytes + ScratchBytes;

    /// <summary>The budgets of several shards in one process together.</summary>
    public static ShardBudget operator +(ShardBudget left, ShardBudget right) => new(
        left.WeightBytes + right.WeightBytes,
        Math.Max(left.LargestTensorBytes, right.LargestTensorBytes),
        left.KeyValueBytes + right.KeyValueBytes,
        left.ScratchBytes + right.ScratchBytes);

    /// <summary>The sum of two budgets.</summary>
    public static ShardBudget Add(ShardBudget left, ShardBudget right) => left + right;

    /// <summary>Throws <c>memory_budget_exceeded</c> with the numbers when this is more than <paramref name="limitBytes"/>.</summary>
    public void Require(long limitBytes, LayerRange layers, int slots, int context)
    {
        if (TotalBytes > limitBytes)
        {
            throw new ToreException(
                ErrorCodes.MemoryBudgetExceeded,
                $"Layers {layers} need {Mebi(TotalBytes)} (weights {Mebi(WeightBytes)}, largest tensor {Mebi(LargestTensorBytes)}, "
                + $"key-value cache of {slots} x {context} positions {Mebi(KeyValueBytes)}, scratch {Mebi(ScratchBytes)}), but only "
                + $"{Mebi(limitBytes)} may be used. Take a smaller --context or fewer --slots, raise --memory, serve fewer layers, "
                + "or add nodes.");
        }
    }

    private static string Mebi(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1048576.0:0.#} MiB ({bytes} bytes)");
}
