using System.Diagnostics;
using Tore.Mesh.Harness.Network;

namespace Tore.Mesh.Scenarios;

/// <summary>How much faster than real time the simulator runs.</summary>
internal sealed class SpeedScenario : IScenario
{
    private const int Machines = 16;
    private const double Least = 500;
    private const double HoursByDefault = 1;

    /// <inheritdoc/>
    public string Name => "speed";

    /// <inheritdoc/>
    public string Summary => "Simulated over real time at 16 nodes.";

    /// <inheritdoc/>
    public ScenarioResult Run(ScenarioOptions options)
    {
        var town = new MeshTown(options.Seed, Machines, NetworkOptions.Lan with { Loss = 0.01 });
        bool formed = town.Form(TimeSpan.FromSeconds(2), TimeSpan.FromMinutes(1));
        TimeSpan simulated = TimeSpan.FromHours(options.Hours ?? HoursByDefault);
        long events = town.Simulation.Queue.Added;
        var time = Stopwatch.StartNew();
        town.RunFor(simulated);
        time.Stop();
        return new ScenarioResult
        {
            Figures =
            [
                new Figure($"times real time, {Machines} nodes", simulated / time.Elapsed, Least, AtMost: false),
                new Figure("events a second of real time", (town.Simulation.Queue.Added - events) / time.Elapsed.TotalSeconds),
                new Figure("events a simulated second and node",
                    (town.Simulation.Queue.Added - events) / simulated.TotalSeconds / Machines),
            ],
            Failures = formed ? [] : ["The mesh did not form."],
        };
    }
}
