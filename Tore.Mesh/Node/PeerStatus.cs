using Tore.Mesh.Primitives;

namespace Tore.Mesh.Node;

/// <summary>A peer with a standing control link.</summary>
public sealed record PeerStatus
{
    /// <summary>The peer.</summary>
    public required NodeId NodeId { get; init; }

    /// <summary>The other end of the link, <c>host:port</c>.</summary>
    public required string Address { get; init; }

    /// <summary>Addresses at which it listens, as it says.</summary>
    public required IReadOnlyList<string> Listen { get; init; }

    /// <summary>URL of its HTTP interface, when it has one.</summary>
    public required string? Http { get; init; }

    /// <summary>TLS version of the link, <c>1.3</c> or <c>1.2</c>.</summary>
    public required string Tls { get; init; }

    /// <summary>Since when it is linked.</summary>
    public required DateTimeOffset Since { get; init; }

    /// <summary>Round-trip time of the last ping; null before the first.</summary>
    public required double? RoundTripMs { get; init; }

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

    /// <summary>Models it holds.</summary>
    public required IReadOnlyList<PeerModelStatus> Models { get; init; }
}
