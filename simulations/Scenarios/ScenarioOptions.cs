namespace Tore.Mesh.Scenarios;

/// <summary>How a scenario is run.</summary>
internal sealed record ScenarioOptions
{
    /// <summary>The first seed.</summary>
    public ulong Seed { get; init; } = 1;

    /// <summary>How many; null takes the scenario's own number.</summary>
    public int? Seeds { get; init; }

    /// <summary>Simulated hours of the long scenarios; null takes the scenario's own.</summary>
    public double? Hours { get; init; }

    /// <summary>Only this part of a scenario that has parts, as one of the mutants; null takes all.</summary>
    public string? Only { get; init; }

    /// <summary>Seeds that run at once, each on one thread.</summary>
    public int Threads { get; init; } = 1;

    /// <summary>Where progress is told.</summary>
    public Action<string> Progress { get; init; } = static _ => { };

    /// <summary>The command line by which this program runs itself again; empty where it cannot.</summary>
    public IReadOnlyList<string> Program { get; init; } = [];
}
