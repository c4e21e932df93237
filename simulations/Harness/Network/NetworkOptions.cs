namespace Tore.Mesh.Harness.Network;

/// <summary>What the network is like while nothing is wrong with it.</summary>
internal sealed record NetworkOptions
{
    /// <summary>One building: 0.1 to 0.6 ms one way.</summary>
    public static NetworkOptions Lan { get; } = new();

    /// <summary>The internet: machines all over a map, up to some 80 ms apart one way, with an access line each.</summary>
    public static NetworkOptions Wan { get; } = new()
    {
        LeastDelay = TimeSpan.FromMilliseconds(1),
        DelayPerDistance = TimeSpan.FromMilliseconds(55),
        AccessDelay = TimeSpan.FromMilliseconds(8),
        Jitter = TimeSpan.FromMilliseconds(2),
    };

    /// <summary>One way, of the nearest.</summary>
    public TimeSpan LeastDelay { get; init; } = TimeSpan.FromMilliseconds(0.1);

    /// <summary>Machines stand at random places in a square of side 1; one way over a distance of 1.</summary>
    public TimeSpan DelayPerDistance { get; init; } = TimeSpan.FromMilliseconds(0.3);

    /// <summary>Each machine's own line adds at most this, both ways.</summary>
    public TimeSpan AccessDelay { get; init; } = TimeSpan.FromMilliseconds(0.05);

    /// <summary>A message takes longer by a random time, exponentially distributed, of this mean.</summary>
    public TimeSpan Jitter { get; init; } = TimeSpan.FromMilliseconds(0.1);

    /// <summary>The share of segments that are lost.</summary>
    public double Loss { get; init; }
}
