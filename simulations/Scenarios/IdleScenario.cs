using Tore.Mesh.Harness.Network;

namespace Tore.Mesh.Scenarios;

/// <summary>What a mesh in which nothing happens costs each node's line, by size.</summary>
internal sealed class IdleScenario : IScenario
{
    private const double MostTimes = 1.5;
    private static readonly TimeSpan Settles = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan Measured = TimeSpan.FromSeconds(120);

    /// <inheritdoc/>
    public string Name => "idle";

    /// <inheritdoc/>
    public string Summary => "Bytes a second and node of a quiet mesh: 1,000 nodes beside 16 (and 100).";

    /// <inheritdoc/>
    public ScenarioResult Run(ScenarioOptions options) => Run(options, [16, 100, 1000]);

    /// <summary>Of such sizes, the first being the measure.</summary>
    public static ScenarioResult Run(ScenarioOptions options, IReadOnlyList<int> sizes)
    {
        List<Figure> figures = [];
        List<string> failures = [];
        double first = 0;
        foreach (int size in sizes)
        {
            (double bytes, double messages, double links, bool formed) = Measure(options.Seed, size);
            options.Progress($"{size} nodes: {bytes:0} bytes a second and node");
            first = first == 0 ? bytes : first;
            figures.Add(new Figure($"{size} nodes: bytes a second and node, both ways", bytes));
            figures.Add(new Figure($"{size} nodes: messages sent a second and node", messages));
            figures.Add(new Figure($"{size} nodes: links a node", links));
            if (size == sizes[^1])
            {
                figures.Add(new Figure($"{size} nodes beside {sizes[0]}: times the bytes", bytes / first, MostTimes));
            }
            if (!formed)
            {
                failures.Add($"The mesh of {size} did not form.");
            }
        }
        return new ScenarioResult { Figures = figures, Failures = failures };
    }

    private static (double Bytes, double Messages, double Links, bool Formed) Measure(ulong seed, int size)
    {
        var town = new MeshTown(seed, size);
        bool formed = town.Form(TimeSpan.FromSeconds(1 + (size / 50)), TimeSpan.FromMinutes(5));
        town.RunFor(Settles);
        (long bytes, long messages) = Sum(town);
        town.RunFor(Measured);
        (long bytesThen, long messagesThen) = Sum(town);
        double nodeSeconds = size * Measured.TotalSeconds;
        return (
            (bytesThen - bytes) / nodeSeconds,
            (messagesThen - messages) / nodeSeconds,
            town.Running.Average(p => p.Context.Links),
            formed);
    }

    private static (long Bytes, long Messages) Sum(MeshTown town)
    {
        long bytes = 0, messages = 0;
        foreach (Traffic traffic in town.Machines.Select(m => m.Traffic))
        {
            bytes += traffic.BytesIn + traffic.BytesOut;
            foreach (long count in traffic.Messages)
            {
                messages += count;
            }
        }
        return (bytes, messages);
    }
}
