namespace Tore.Mesh.Scenarios;

/// <summary>Runs of many seeds: each on one thread, several at once, results in the order of the seeds.</summary>
internal static class Seeds
{
    /// <summary>Runs each seed.</summary>
    public static T[] Run<T>(ScenarioOptions options, int count, Func<ulong, T> run)
    {
        var results = new T[options.Seeds ?? count];
        int done = 0;
        Parallel.For(0, results.Length, new ParallelOptions { MaxDegreeOfParallelism = options.Threads }, i =>
        {
            results[i] = run(options.Seed + (ulong)i);
            int now = Interlocked.Increment(ref done);
            if (now % Math.Max(1, results.Length / 10) == 0)
            {
                options.Progress($"{now} of {results.Length} seeds");
            }
        });
        return results;
    }

    /// <summary>The value below which such a share of the samples lies; the highest for a share of 1.</summary>
    public static double Percentile(IEnumerable<double> samples, double share)
    {
        double[] sorted = [.. samples.Order()];
        return sorted.Length == 0 ? double.NaN : sorted[Math.Clamp((int)Math.Ceiling(share * sorted.Length) - 1, 0, sorted.Length - 1)];
    }
}
