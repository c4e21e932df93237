namespace Tore.Mesh.Host.Doctor;

/// <summary>A member as the running node sees it.</summary>
internal sealed record MemberFact
{
    public required string NodeId { get; init; }

    /// <summary>Whether it is the running node.</summary>
    public bool IsSelf { get; init; }

    /// <summary><c>alive</c>, <c>suspect</c>, <c>dead</c> or <c>left</c>.</summary>
    public required string State { get; init; }

    /// <summary>Since when it is in that state.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>Where it says that it listens.</summary>
    public IReadOnlyList<string> Addresses { get; init; } = [];

    /// <summary>The other end of the link with it; null without one.</summary>
    public string? LinkAddress { get; init; }

    /// <summary><c>1.3</c> or <c>1.2</c>.</summary>
    public string? Tls { get; init; }

    /// <summary>How far its clock is from this machine's.</summary>
    public double? ClockOffsetMs { get; init; }

    /// <summary>Whether it is there and counted on.</summary>
    public bool IsLiving => State is "alive" or "suspect";
}
