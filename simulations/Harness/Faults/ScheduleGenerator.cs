namespace Tore.Mesh.Harness.Faults;

/// <summary>
/// Draws schedules. Each seed takes its own few kinds of faults, so that some runs are full of one and free of another: bugs hide where
/// everything happens at once, and where nothing does.
/// </summary>
internal sealed record ScheduleGenerator
{
    private const double ShareOfKinds = 0.4;

    /// <summary>Fewest machines.</summary>
    public int MachinesLeast { get; init; } = 5;

    /// <summary>Most machines.</summary>
    public int MachinesMost { get; init; } = 8;

    /// <summary>Faults at most.</summary>
    public int FaultsMost { get; init; } = 8;

    /// <summary>How often one machine lies.</summary>
    public double LiarChance { get; init; } = 0.2;

    /// <summary>What may go wrong.</summary>
    public IReadOnlyList<FaultKind> Kinds { get; init; } = Enum.GetValues<FaultKind>();

    /// <summary>When faults begin: after the machines had time to meet.</summary>
    public TimeSpan First { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>When the last is put right.</summary>
    public TimeSpan Length { get; init; } = TimeSpan.FromSeconds(90);

    /// <summary>How long they then have.</summary>
    public TimeSpan Settle { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>The schedule of a seed.</summary>
    public Schedule Draw(ulong seed)
    {
        var random = new SeededRandom(seed, 0x5c4ed);
        int machines = random.Next(MachinesLeast, MachinesMost + 1);
        FaultKind[] kinds = [.. Kinds.Where(_ => random.Chance(ShareOfKinds))];
        int count = kinds.Length == 0 ? 0 : random.Next(1, FaultsMost + 1);
        return new Schedule
        {
            Seed = seed,
            Machines = machines,
            Liars = random.Chance(LiarChance) ? 1 : 0,
            Faults =
            [
                .. Enumerable.Range(0, count).Select(_ => Draw(kinds[random.Next(kinds.Length)], machines, random)).OrderBy(f => f.At),
            ],
            Length = Length,
            Settle = Settle,
        };
    }

    private Fault Draw(FaultKind kind, int machines, SeededRandom random)
    {
        TimeSpan at = random.Between(First, Length - TimeSpan.FromSeconds(1));
        // Short and long ones alike: the logarithm is drawn evenly.
        double seconds = 0.1 * Math.Pow(10, 2.8 * random.NextDouble());
        TimeSpan most = Length - at;
        TimeSpan lasts = seconds < most.TotalSeconds ? TimeSpan.FromSeconds(seconds) : most;
        int[] all = [.. Enumerable.Range(0, machines)];
        random.Shuffle(all);
        int met = kind is FaultKind.Loss or FaultKind.Delay && random.Chance(0.5) ? machines : random.Next(1, (machines / 2) + 1);
        return new Fault(kind, at, lasts, [.. all.Take(met).Order()], Amount(kind, random));
    }

    private static double Amount(FaultKind kind, SeededRandom random) => kind switch
    {
        FaultKind.Loss => 0.02 + (0.48 * random.NextDouble()),
        FaultKind.Delay => 10 * Math.Pow(10, 2.5 * random.NextDouble()),
        FaultKind.Clog => 1000 * Math.Pow(10, 2 * random.NextDouble()),
        FaultKind.Slow => 1 + (200 * random.NextDouble()),
        FaultKind.Drift => 2000 * (random.NextDouble() - 0.5),
        FaultKind.Jump => 7200 * (random.NextDouble() - 0.5),
        _ => 0,
    };
}
