namespace Tore.Mesh.Pipelines.Local;

/// <summary>What <see cref="BenchRun"/> measured.</summary>
public sealed record BenchResult
{
    /// <summary>Prompt tokens of all streams over the time until the last stream's first token; median.</summary>
    public required double PrefillTokensPerSecond { get; init; }

    /// <summary>Tokens of all streams over the time in which all of them generate; median.</summary>
    public required double DecodeTokensPerSecond { get; init; }

    /// <summary>Seconds that loading took, measured apart.</summary>
    public required double LoadSeconds { get; init; }

    /// <summary>Largest memory of the process while it loaded and ran, without file pages.</summary>
    public required long PeakMemoryBytes { get; init; }

    /// <summary>What was reserved: weights, largest tensor, key-value cache and scratch.</summary>
    public required long BudgetBytes { get; init; }

    /// <summary>Raw read bandwidth of the same threads, measured in turns with the repeats; median.</summary>
    public required double ReadBytesPerSecond { get; init; }

    /// <summary>The kernel set that ran.</summary>
    public required string Isa { get; init; }

    /// <summary>Engine threads of each stage.</summary>
    public required int Threads { get; init; }
}
