using System.Diagnostics;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Benchmarks.Fuzz;

/// <summary>
/// Feeds made-up input to everything that reads bytes from strangers: no exception but a refusal, no hang, bounded allocation.
/// A finding is printed with the bytes that make it, and ends the run with 1.
/// </summary>
internal static class FuzzRun
{
    /// <summary>One input that takes longer is a hang: real ones take microseconds, a loaded machine milliseconds.</summary>
    private const double HangSeconds = 10;

    /// <summary>What a target holds is looked at once in so many inputs.</summary>
    private const long HeldEvery = 16_384;

    private static long _startedAt;
    private static volatile byte[]? _current;
    private static volatile string _target = "";

    /// <summary>Runs until <paramref name="inputs"/> were fed, evenly over all targets.</summary>
    public static int Run(long inputs, int seed, bool json)
    {
        Report report = new("fuzz", json);
        using var watch = new Timer(_ => EndIfHung(), null, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(1));
        using var corpus = new FuzzCorpus();
        long fed = 0, taken = 0, findings = 0, mostAllocated = 0, mostHeld = 0;
        double slowest = 0;
        string slowestTarget = "";
        long share = (inputs + corpus.Targets.Count - 1) / corpus.Targets.Count;
        long began = Stopwatch.GetTimestamp();
        foreach (FuzzTarget target in corpus.Targets)
        {
            FuzzInputs made = new(HashCode(seed, target.Name));
            long heldAtFirst = GC.GetTotalMemory(forceFullCollection: true);
            for (long i = 0; i < share; i++)
            {
                byte[] input = made.Next(target.Corpus);
                (bool accepted, long allocated, double seconds, string? finding) = Feed(target, input);
                fed++;
                taken += accepted ? 1 : 0;
                mostAllocated = Math.Max(mostAllocated, allocated);
                if (seconds > slowest)
                {
                    (slowest, slowestTarget) = (seconds, target.Name);
                }
                if (finding is null && (i + 1 == share || (i + 1) % HeldEvery == 0))
                {
                    long held = GC.GetTotalMemory(forceFullCollection: true) - heldAtFirst;
                    mostHeld = Math.Max(mostHeld, held);
                    finding = held > target.HeldLimit ? $"{held / 1024} KiB are held after {i + 1} inputs" : null;
                }
                if (finding is not null && ++findings <= 10)
                {
                    Console.Error.WriteLine($"  {target.Name}, input {i + 1}: {finding}\n    {Convert.ToHexStringLower(input)}");
                }
            }
        }
        report.Add(new Figure("inputs", fed, inputs));
        report.Add(new Figure("targets", corpus.Targets.Count));
        report.Add(new Figure("share taken", (double)taken / fed));
        report.Add(new Figure("inputs/s", fed / Stopwatch.GetElapsedTime(began).TotalSeconds));
        report.Add(new Figure("most allocated for one input, KiB", mostAllocated / 1024.0));
        report.Add(new Figure("most held by one target, KiB", mostHeld / 1024.0));
        report.Add(new Figure($"slowest input ({slowestTarget}), ms", slowest * 1000, HangSeconds * 1000, AtMost: true));
        report.Add(new Figure("findings", findings, 0, AtMost: true));
        return report.Finish();
    }

    private static (bool Accepted, long Allocated, double Seconds, string? Finding) Feed(FuzzTarget target, byte[] input)
    {
        (_target, _current) = (target.Name, input);
        Interlocked.Exchange(ref _startedAt, Stopwatch.GetTimestamp());
        bool accepted = false;
        string? finding = null;
        long before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            accepted = target.Feed(input);
        }
        catch (ToreException)
        {
            // Refused, as it should be.
        }
        catch (Exception escaped)
        {
            finding = $"{escaped.GetType().Name}: {escaped.Message}";
        }
        long allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        double seconds = Stopwatch.GetElapsedTime(Interlocked.Read(ref _startedAt)).TotalSeconds;
        _current = null;
        if (finding is null && allocated > target.AllocationLimit(input.Length))
        {
            finding = $"{input.Length} bytes made it allocate {allocated}";
        }
        return (accepted, allocated, seconds, finding);
    }

    /// <summary>FNV-1a: the run time's own hash of a string differs from process to process.</summary>
    private static int HashCode(int seed, string name)
    {
        uint hash = 2166136261 ^ (uint)seed;
        foreach (char c in name)
        {
            hash = (hash ^ c) * 16777619;
        }
        return (int)hash;
    }

    private static void EndIfHung()
    {
        if (_current is { } input && Stopwatch.GetElapsedTime(Interlocked.Read(ref _startedAt)).TotalSeconds > HangSeconds)
        {
            Console.Error.WriteLine($"  {_target}: hangs\n    input {Convert.ToHexStringLower(input)}");
            Environment.Exit(1);
        }
    }
}
