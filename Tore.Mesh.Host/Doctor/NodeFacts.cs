namespace Tore.Mesh.Host.Doctor;

/// <summary>What a running node says of itself and of whom it knows.</summary>
internal sealed record NodeFacts
{
    public required string NodeId { get; init; }

    /// <summary>Name of its mesh.</summary>
    public required string Mesh { get; init; }

    /// <summary>Fingerprint of its mesh.</summary>
    public required string MeshId { get; init; }

    /// <summary>Lowest wire version that it speaks.</summary>
    public int WireLowest { get; init; } = 1;

    /// <summary>Highest wire version that it speaks.</summary>
    public int WireHighest { get; init; } = 1;

    /// <summary>Where it listens.</summary>
    public IReadOnlyList<string> Listen { get; init; } = [];

    /// <summary>Median offset of its peers' clocks from its own.</summary>
    public double? ClockOffsetMs { get; init; }

    /// <summary>0 is well.</summary>
    public int LocalHealth { get; init; }

    /// <summary>What it says of another process with its key; null when there is none.</summary>
    public string? DuplicateKey { get; init; }

    /// <summary>Why it does not find nodes by mDNS; null when it does, or was told not to.</summary>
    public string? MdnsProblem { get; init; }

    /// <summary>Whether it looks for nodes by mDNS; null when it does not say.</summary>
    public bool? Mdns { get; init; }

    public IReadOnlyList<MemberFact> Members { get; init; } = [];

    public IReadOnlyList<ContactFact> Contacts { get; init; } = [];

    public IReadOnlyList<RefusedFact> Refused { get; init; } = [];

    public IReadOnlyList<StrangerFact> Strangers { get; init; } = [];

    /// <summary>Its own warnings.</summary>
    public IReadOnlyList<(string Code, string Text)> Warnings { get; init; } = [];
}
