namespace Tore.Mesh.Node;

/// <summary>What a member says that it can do.</summary>
public sealed record MemberCapabilities
{
    /// <summary>URL of its HTTP interface, when it has one.</summary>
    public required string? Http { get; init; }

    /// <summary>Program version.</summary>
    public required string Version { get; init; }

    /// <summary>Its kernel set.</summary>
    public required string Isa { get; init; }

    /// <summary>Its arithmetic.</summary>
    public required string EngineFingerprint { get; init; }

    /// <summary>Sequences that each stage there runs at once.</summary>
    public required int Slots { get; init; }

    /// <summary>Sequences that ran there when it last said.</summary>
    public required int SlotsInUse { get; init; }

    /// <summary>Whether it leaves: it takes no new sequence.</summary>
    public required bool IsDraining { get; init; }

    /// <summary>Models it holds.</summary>
    public required IReadOnlyList<PeerModelStatus> Models { get; init; }
}
