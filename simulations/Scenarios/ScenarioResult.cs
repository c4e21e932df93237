namespace Tore.Mesh.Scenarios;

/// <summary>What a scenario found.</summary>
internal sealed record ScenarioResult
{
    /// <summary>What was measured.</summary>
    public IReadOnlyList<Figure> Figures { get; init; } = [];

    /// <summary>What may be drawn.</summary>
    public IReadOnlyList<Curve> Curves { get; init; } = [];

    /// <summary>What went wrong, for people: schedules and violations.</summary>
    public IReadOnlyList<string> Failures { get; init; } = [];

    /// <summary>Whether all is as it should be.</summary>
    public bool Holds => Failures.Count == 0 && Figures.All(f => f.Holds);
}
