namespace Tore.Mesh.Scenarios;

/// <summary>Every scenario, by name.</summary>
internal static class AllScenarios
{
    /// <summary>In the order of the list that is printed.</summary>
    public static IReadOnlyList<IScenario> List { get; } =
    [
        new DeterminismScenario(),
        new SpeedScenario(),
        new SwarmScenario(),
        new CanaryScenario(),
        new MutantsScenario(),
        new DetectionScenario(16, seeds: 100, rounds: 8, medianTarget: 8, p99Target: 15),
        new DetectionScenario(100, seeds: 40, rounds: 6, medianTarget: null, p99Target: 20),
        new FalseDeathsScenario(),
        new StallsScenario(),
        new LiarsScenario(),
        new JoinScenario(100, seeds: 20, joins: 10, p99Target: 3),
        new HealScenario(16, seeds: 300, p99Target: 3),
        new HealScenario(100, seeds: 100, p99Target: 5),
        new IdleScenario(),
        new ConvergenceScenario(16, seeds: 100),
        new ConvergenceScenario(100, seeds: 20),
        new ConvergenceScenario(200, seeds: 5),
        new ConvergenceScenario(1000, seeds: 1),
    ];
}
