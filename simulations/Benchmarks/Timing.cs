using System.Diagnostics;

namespace Tore.Mesh.Benchmarks;

/// <summary>Times short work in one process: the best of several rounds, each long enough to be measured.</summary>
internal static class Timing
{
    private static readonly TimeSpan Round = TimeSpan.FromMilliseconds(200);

    /// <summary>Seconds of one call, the best of five rounds after a warm-up round.</summary>
    public static double SecondsOf(Action work)
    {
        double best = double.MaxValue;
        for (int round = 0; round < 6; round++)
        {
            long start = Stopwatch.GetTimestamp();
            int calls = 0;
            do
            {
                work();
                calls++;
            }
            while (Stopwatch.GetElapsedTime(start) < Round);
            double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds / calls;
            best = round == 0 ? best : Math.Min(best, seconds);
        }
        return best;
    }
}
