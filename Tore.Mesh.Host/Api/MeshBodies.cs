namespace Tore.Mesh.Host.Api;

/// <summary>The answer of <c>/mesh/members</c>.</summary>
internal sealed record MembersBody
{
    public required string NodeId { get; init; }

    public required string Mesh { get; init; }

    public required string MeshId { get; init; }

    public required double? ClockOffsetMs { get; init; }

    public required int LocalHealth { get; init; }

    public required IReadOnlyList<MemberBody> Members { get; init; }
}

/// <summary>A member of the mesh as the asked node sees it.</summary>
internal sealed record MemberBody
{
    public required string NodeId { get; init; }

    public required bool Self { get; init; }

    public required string State { get; init; }

    public required string Since { get; init; }

    public required ulong Incarnation { get; init; }

    public required string? Start { get; init; }

    public required IReadOnlyList<string> Addresses { get; init; }

    public required string? LinkAddress { get; init; }

    public required string? Tls { get; init; }

    public required double? RoundTripMs { get; init; }

    public required double? PredictedRoundTripMs { get; init; }

    public required double? ClockOffsetMs { get; init; }

    public required string? Http { get; init; }

    public required string? Version { get; init; }

    public required string? Isa { get; init; }

    public required string? EngineFingerprint { get; init; }

    public required int? Slots { get; init; }

    public required int? SlotsInUse { get; init; }

    public required bool Draining { get; init; }

    public required IReadOnlyList<MemberModel> Models { get; init; }
}

/// <summary>A model that a member holds: the layers that it opens at all, and those that are open.</summary>
internal sealed record MemberModel(string ModelId, string Digest, string? Layers, string? Open);

/// <summary>The answer of <c>/mesh/contacts</c>.</summary>
internal sealed record ContactsBody
{
    public required string NodeId { get; init; }

    public required string Mesh { get; init; }

    public required string MeshId { get; init; }

    public required WireVersionsBody WireVersions { get; init; }

    public required double? ClockOffsetMs { get; init; }

    public required DuplicateKeyBody? DuplicateKey { get; init; }

    public required MdnsBody Mdns { get; init; }

    public required AdmissionBody Admission { get; init; }

    public required IReadOnlyList<AddressBody> Addresses { get; init; }

    public required IReadOnlyList<RefusedBody> Refused { get; init; }

    public required IReadOnlyList<StrangerBody> Strangers { get; init; }

    public required IReadOnlyList<WarningBody> Warnings { get; init; }
}

/// <summary>Whether a node looks for others by mDNS, at which of its addresses, and why not where it should.</summary>
internal sealed record MdnsBody(bool On, IReadOnlyList<string> Interfaces, string? Problem);

/// <summary>How many ids are on the allow and ban lists; 0 allowed means everybody.</summary>
internal sealed record AdmissionBody(int Allowed, int Banned);

/// <summary>The wire versions that a node speaks.</summary>
internal sealed record WireVersionsBody(int Lowest, int Highest);

/// <summary>Another process runs with this node's key.</summary>
internal sealed record DuplicateKeyBody(string Text, string Since);

/// <summary>An address at which a node may be dialled, and how that went.</summary>
internal sealed record AddressBody(
    string Address, string? NodeId, string Source, bool Linked, string? Code, string? Text, string? FailedAt, int Failures);

/// <summary>Incoming connections of one origin that became no link for one reason.</summary>
internal sealed record RefusedBody(string Address, string? NodeId, string Code, string Text, string FirstAt, string LastAt, long Count);

/// <summary>A node near by that cannot be linked with.</summary>
internal sealed record StrangerBody(string NodeId, IReadOnlyList<string> Addresses, string MeshId, int WireVersion, string SeenAt);

/// <summary>Members by state.</summary>
internal sealed record MemberCounts(int Alive, int Suspect, int Dead, int Left);
