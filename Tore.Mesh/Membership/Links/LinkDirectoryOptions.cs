using Tore.Mesh.Primitives;

namespace Tore.Mesh.Membership.Links;

/// <summary>The timing and the measures of <see cref="LinkDirectory"/>.</summary>
internal sealed record LinkDirectoryOptions
{
    /// <summary>Wait after a first attempt on a node that failed at all its addresses; it doubles with each further one.</summary>
    public TimeSpan FirstBackoff { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>Longest wait between two attempts.</summary>
    public TimeSpan LastBackoff { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>Attempts in a row after which a node that only mDNS knows is forgotten.</summary>
    public int ForgetAfter { get; init; } = 10;

    /// <summary>How long the higher id of two waits for the lower to dial, so that not both do.</summary>
    public TimeSpan YieldToLowerId { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>An address that has not answered for so long does not hold up the node's next one.</summary>
    public TimeSpan NextAddressAfter { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Dials under way at once; what a probe or a caller needs at once is dialled besides.</summary>
    public int DialsAtOnce { get; init; } = 8;

    /// <summary>A peer has so long to close a link that it was told is not needed.</summary>
    public TimeSpan RetiredLinkLimit { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>A link stays unintroduced no longer than this.</summary>
    public TimeSpan IntroductionLimit { get; init; } = Limits.Handshake;

    /// <summary>A link that was made on demand is closed when it was not needed for so long.</summary>
    public TimeSpan IdleLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Up to so many nodes, this one included, each links with each.</summary>
    public int FullMeshNodes { get; init; } = Limits.ControlPeers;

    /// <summary>In a larger mesh each node chooses so many neighbours, and about as many choose it.</summary>
    public int ChosenNeighbours { get; init; } = 16;

    /// <summary>In a larger mesh whoever has fewer peers than this, since few chose it, chooses more itself.</summary>
    public int LeastNeighbours { get; init; } = 24;

    /// <summary>
    /// In a larger mesh whoever has more peers than this sends others' choices elsewhere, one a second: while a mesh comes up, those who
    /// came first are known, and chosen, most.
    /// </summary>
    public int MostNeighbours { get; init; } = 64;

    /// <summary>In a larger mesh one chosen neighbour is replaced by another about so often.</summary>
    public TimeSpan RedrawInterval { get; init; } = TimeSpan.FromMinutes(5);
}
