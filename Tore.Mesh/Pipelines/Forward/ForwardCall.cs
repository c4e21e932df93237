using Tore.Mesh.Inference.Sampling;

namespace Tore.Mesh.Pipelines.Forward;

/// <summary>tore-0001 ForwardRequest, checked against the shard that is to run it.</summary>
public sealed record ForwardCall
{
    /// <summary>The request, the same through all shards.</summary>
    public required string RequestId { get; init; }

    /// <summary>Token ids, on the first shard.</summary>
    public required int[] Ids { get; init; }

    /// <summary>Rows of the shard before, on all others: rows x width, f32.</summary>
    public required float[] Rows { get; init; }

    /// <summary>Number of rows or ids.</summary>
    public required int Count { get; init; }

    /// <summary>Tokens to draw: 0 where the shard is not the last or the chunk is not the prompt's last.</summary>
    public required int NewTokens { get; init; }

    /// <summary>Position of the first row (ours); null for where the request stands.</summary>
    public required int? Position { get; init; }

    /// <summary>How tokens are drawn (ours, but for the temperature).</summary>
    public required SamplingOptions Sampling { get; init; }

    /// <summary>The seed as given; null has one chosen.</summary>
    public required long? Seed { get; init; }
}
