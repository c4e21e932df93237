using System.Text.Json.Serialization;

namespace Tore.Mesh.Pipelines.Forward;

/// <summary>tore-0001 ForwardResponse; <c>position</c> and <c>seed</c> are ours.</summary>
public sealed record ForwardResult
{
    public required string RequestId { get; init; }

    /// <summary>GFLOPs run for this call, counted from the operations.</summary>
    public required double FlopsDelivered { get; init; }

    /// <summary>Where the request stands here: the position of the next row.</summary>
    public required int Position { get; init; }

    /// <summary>Rows for the next shard, little-endian f32 (base64 in JSON).</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public byte[]? Activations { get; init; }

    /// <summary>The tokens drawn, on the last shard.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public int[]? OutputIds { get; init; }

    /// <summary>Their text, on the last shard.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Text { get; init; }

    /// <summary>The seed in force, on the last shard.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public long? Seed { get; init; }
}
