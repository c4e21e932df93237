using Tore.Mesh.Primitives;

namespace Tore.Mesh.Pipelines.Local;

/// <summary>What <see cref="LogitsRun"/> found.</summary>
public sealed record LogitsResult
{
    /// <summary>SHA-256 over all rows, little-endian f32.</summary>
    public required Digest Digest { get; init; }

    /// <summary>Rows: one a position.</summary>
    public required int Rows { get; init; }

    /// <summary>Floats of a row.</summary>
    public required int Vocabulary { get; init; }

    /// <summary>The kernel set that ran.</summary>
    public required string Isa { get; init; }

    /// <summary>Floating-point operations run.</summary>
    public required long Flops { get; init; }

    /// <summary>The five greatest logits of the last row, greatest first, the lower id first among equals.</summary>
    public required IReadOnlyList<TokenLogit> Top { get; init; }
}
