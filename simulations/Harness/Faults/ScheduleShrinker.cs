namespace Tore.Mesh.Harness.Faults;

/// <summary>
/// Makes a failing schedule small, so that a person can read it: drops faults, halves first, takes machines away, shortens. Every
/// step is kept only if the run still fails.
/// </summary>
internal sealed class ScheduleShrinker
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(50);

    private readonly Func<Schedule, bool> _fails;
    private readonly int _runsMax;

    /// <summary>Shrinks by trying; a try is a run, and there are at most so many.</summary>
    public ScheduleShrinker(Func<Schedule, bool> fails, int runsMax = 300) => (_fails, _runsMax) = (fails, runsMax);

    /// <summary>Runs made.</summary>
    public int Runs { get; private set; }

    /// <summary>The smallest that was found to fail.</summary>
    public Schedule Shrink(Schedule failing)
    {
        Schedule best = failing;
        while (Runs < _runsMax)
        {
            Schedule before = best;
            best = Shorten(DropMachines(DropFaults(best)));
            if (Same(best, before))
            {
                break;
            }
        }
        return best;
    }

    private static bool Same(Schedule one, Schedule other) =>
        one.Machines == other.Machines && one.Length == other.Length && one.Liars == other.Liars && one.Faults.SequenceEqual(other.Faults);

    private Schedule DropFaults(Schedule best)
    {
        for (int size = Math.Max(1, best.Faults.Count / 2); size >= 1; size /= 2)
        {
            for (int first = 0; first < best.Faults.Count;)
            {
                Schedule fewer = best with { Faults = [.. best.Faults.Take(first), .. best.Faults.Skip(first + size)] };
                if (!Try(fewer, ref best))
                {
                    first += size;
                }
            }
        }
        return best;
    }

    private Schedule DropMachines(Schedule best)
    {
        if (best.Liars > 0)
        {
            Try(best with { Liars = 0 }, ref best);
        }
        while (best.Machines > 2 + best.Liars)
        {
            int fewer = best.Machines - 1;
            Fault[] faults = [.. best.Faults.Select(f => f with { Machines = [.. f.Machines.Where(m => m < fewer)] })
                .Where(f => f.Machines.Count > 0)];
            if (!Try(best with { Machines = fewer, Faults = faults }, ref best))
            {
                break;
            }
        }
        return best;
    }

    private Schedule Shorten(Schedule best)
    {
        for (int i = 0; i < best.Faults.Count; i++)
        {
            while (best.Faults[i].Machines.Count > 1
                && Try(With(best, i, best.Faults[i] with { Machines = [.. best.Faults[i].Machines.SkipLast(1)] }), ref best))
            {
            }
            while (best.Faults[i].Lasts > Shortest
                && Try(With(best, i, best.Faults[i] with { Lasts = best.Faults[i].Lasts / 2 }), ref best))
            {
            }
        }
        TimeSpan end = best.Faults.Count == 0 ? TimeSpan.Zero : best.Faults.Max(f => f.End);
        if (end < best.Length)
        {
            Try(best with { Length = end }, ref best);
        }
        return best;
    }

    private static Schedule With(Schedule schedule, int index, Fault fault)
    {
        Fault[] faults = [.. schedule.Faults];
        faults[index] = fault;
        return schedule with { Faults = faults };
    }

    private bool Try(Schedule smaller, ref Schedule best)
    {
        if (Runs >= _runsMax)
        {
            return false;
        }
        Runs++;
        if (!_fails(smaller))
        {
            return false;
        }
        best = smaller;
        return true;
    }
}
