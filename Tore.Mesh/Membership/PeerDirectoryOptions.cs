namespace Tore.Mesh.Membership;

/// <summary>The timing of <see cref="PeerDirectory"/>.</summary>
internal sealed record PeerDirectoryOptions
{
    /// <summary>A link that has been silent so long is pinged. Shorter finds a dead peer sooner and costs packets.</summary>
    public TimeSpan PingAfter { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// A link that has been silent so long is closed. Several times <see cref="PingAfter"/>: a busy machine is not a dead one.
    /// </summary>
    public TimeSpan SilenceLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Wait after a first failed dial; it doubles with each further one.</summary>
    public TimeSpan FirstBackoff { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Longest wait between two dials of one address.</summary>
    public TimeSpan LastBackoff { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Failed dials in a row after which an address that is no seed is forgotten.</summary>
    public int ForgetAfter { get; init; } = 10;

    /// <summary>How long the higher id of two waits for the lower to dial, so that not both do.</summary>
    public TimeSpan YieldToLowerId { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Dials under way at once.</summary>
    public int DialsAtOnce { get; init; } = 8;

    /// <summary>A peer has so long to close a link that it was told is superseded.</summary>
    public TimeSpan RetiredLinkLimit { get; init; } = TimeSpan.FromSeconds(5);
}
