namespace Tore.Mesh.Pipelines.Local;

/// <summary>What is measured.</summary>
public sealed record BenchOptions
{
    /// <summary>Prompt tokens of a stream.</summary>
    public required int PromptTokens { get; init; }

    /// <summary>Tokens that a stream generates, at least 2.</summary>
    public required int GenerateTokens { get; init; }

    /// <summary>Engine threads of each stage; null for one a physical core.</summary>
    public int? Threads { get; init; }

    /// <summary>Stages to cut the model into, in this process.</summary>
    public int Stages { get; init; } = 1;

    /// <summary>Requests that run at the same time.</summary>
    public int Streams { get; init; } = 1;

    /// <summary>Runs after the warm-up; medians are reported.</summary>
    public int Repeats { get; init; } = 3;

    /// <summary>Most bytes to use; null for three quarters of what is granted.</summary>
    public long? MemoryBytes { get; init; }

    /// <summary>Prompt tokens of one pass at most; null for the largest chunk.</summary>
    public int? PrefillChunk { get; init; }
}
