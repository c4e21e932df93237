namespace Tore.Mesh.Pipelines.Local;

/// <summary>How logits of given ids are computed; none of it changes a bit of the result.</summary>
public sealed record LogitsOptions
{
    /// <summary>Shards to cut the model into.</summary>
    public int Stages { get; init; } = 1;

    /// <summary>Engine threads; null for one a physical core.</summary>
    public int? Threads { get; init; }

    /// <summary>Ids of one pass at most; null for the largest chunk.</summary>
    public int? PrefillChunk { get; init; }

    /// <summary>Most bytes to use; null for three quarters of what is granted.</summary>
    public long? MemoryBytes { get; init; }
}
