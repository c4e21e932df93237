using Tore.Mesh.Primitives;

namespace Tore.Mesh.Node;

/// <summary>A snapshot of a node, for <c>/health</c>, <c>/inference/pipeline</c> and <c>tore peers</c>.</summary>
public sealed record NodeStatus
{
    /// <summary>This node.</summary>
    public required NodeId NodeId { get; init; }

    /// <summary>Where it is in its life.</summary>
    public required NodeState State { get; init; }

    /// <summary>Mesh joined: <c>local</c>, <c>open</c>, or the name of a private one.</summary>
    public required string Mesh { get; init; }

    /// <summary>Whether members prove a secret; else links prove keys only.</summary>
    public bool IsPrivate { get; init; }

    /// <summary>Mesh fingerprint, 16 hex digits; it is also the mesh id.</summary>
    public required string MeshFingerprint { get; init; }

    /// <summary>Addresses that peers dial, <c>host:port</c>.</summary>
    public required IReadOnlyList<string> Listen { get; init; }

    /// <summary>URL of the HTTP interface, when there is one.</summary>
    public required string? Http { get; init; }

    /// <summary>Program version.</summary>
    public required string Version { get; init; }

    /// <summary>Kernel set: <c>avx512-vnni</c>, <c>avx512</c>, <c>avx2-vnni</c>, <c>avx2</c>, <c>neon</c> or <c>portable</c>.</summary>
    public required string Isa { get; init; }

    /// <summary>Version and hash of the engine's arithmetic; stages of one route have equal ones.</summary>
    public required string EngineFingerprint { get; init; }

    /// <summary>Sequences that each stage here runs at once.</summary>
    public required int Slots { get; init; }

    /// <summary>Sequences now running on stages here.</summary>
    public required int SlotsInUse { get; init; }

    /// <summary>Requests that entered here and now run.</summary>
    public required int Running { get; init; }

    /// <summary>Requests that entered here and wait for a slot.</summary>
    public required int Waiting { get; init; }

    /// <summary>What its owner should know though it runs.</summary>
    public IReadOnlyList<NodeWarning> Warnings { get; init; } = [];

    /// <summary>Every model known here, by label.</summary>
    public required IReadOnlyList<ModelStatus> Models { get; init; }

    /// <summary>Every member of the mesh: this node first, then the others by id, the dead and departed too.</summary>
    public required IReadOnlyList<MemberStatus> Members { get; init; }

    /// <summary>The others that are linked and have said what they can do, by id.</summary>
    public IEnumerable<MemberStatus> Peers => Members.Where(m => m is { IsSelf: false, IsLinked: true, Capabilities: not null });

    /// <summary>The mesh clock less this machine's; null without a peer that told its time.</summary>
    public double? ClockOffsetMs { get; init; }

    /// <summary>0 is well; each step makes this node wait longer before it suspects others, being slow itself.</summary>
    public int LocalHealth { get; init; }

    /// <summary>Since when another process is seen to run with this node's key; null where none is.</summary>
    public DateTimeOffset? DuplicateKeySince { get; init; }
}
