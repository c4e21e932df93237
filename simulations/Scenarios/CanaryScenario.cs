namespace Tore.Mesh.Scenarios;

/// <summary>
/// A bug planted in the run's own wiring: disks say that they keep what they do not, and nobody is told. The checkers must find it: a
/// simulator that finds nothing proves nothing.
/// </summary>
internal sealed class CanaryScenario : IScenario
{
    private const int SeedsByDefault = 200;

    /// <inheritdoc/>
    public string Name => "canary";

    /// <inheritdoc/>
    public string Summary => "A planted bug: succeeds only when the checkers catch it.";

    /// <inheritdoc/>
    public ScenarioResult Run(ScenarioOptions options)
    {
        ScenarioResult planted = SwarmScenario.Run(options, Plant, SeedsByDefault, stopAtFirst: true);
        return new ScenarioResult
        {
            Figures =
            [
                new Figure("seeds that caught the planted bug", planted.Figures[0].Value, 1, AtMost: false),
                new Figure("seeds run", planted.Figures[1].Value),
            ],
            Failures = planted.Failures.Count > 0 ? [] : ["No checker noticed disks that keep nothing."],
        };
    }

    private static void Plant(MeshTown town)
    {
        foreach (Harness.Machines.Machine machine in town.Machines)
        {
            machine.Disk.Lie();
        }
    }
}
