using Tore.Mesh.Primitives;

namespace Tore.Mesh.Inference;

/// <summary>What a shard is loaded for. Memory for all of it is reserved before the first weight is read.</summary>
public sealed record ShardOptions
{
    /// <summary>The context that a model gets where none is asked for: more costs key-value memory that few requests use.</summary>
    public const int DefaultContext = 4096;

    /// <summary>Positions that one sequence may use; null for min(the model's, <see cref="DefaultContext"/>).</summary>
    public int? ContextLength { get; init; }

    /// <summary>Sequences that may be open at once.</summary>
    public int Slots { get; init; } = 4;

    /// <summary>Most bytes for weights, largest tensor, key-value cache and scratch; null for three quarters of what is granted.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>Engine threads; null for one a physical core.</summary>
    public int? Threads { get; init; }

    /// <summary>Prompt tokens of one pass at most; null for what fits one activation frame, at most 512.</summary>
    public int? PrefillChunk { get; init; }

    /// <summary>The context for a model that was trained for <paramref name="modelContext"/> positions.</summary>
    public int ContextFor(int modelContext) => ContextLength ?? Math.Min(modelContext, DefaultContext);

    /// <summary>The prefill chunk for a model of this width.</summary>
    public int ChunkFor(int width) => Math.Clamp(PrefillChunk ?? Limits.PrefillTokens, 1, Limits.PrefillChunkTokens(width));
}
