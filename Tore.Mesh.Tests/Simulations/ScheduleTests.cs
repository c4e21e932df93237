using Tore.Mesh.Harness;
using Tore.Mesh.Harness.Events;
using Tore.Mesh.Harness.Faults;
using Tore.Mesh.Harness.Machines;

namespace Tore.Mesh.Tests.Simulations;

/// <summary>Faults: they happen, they are put right, they are drawn from the seed, and failing schedules shrink.</summary>
public sealed class ScheduleTests
{
    [Fact]
    public void Queue_EventsOfOneInstant_ComeInTheOrderAdded_AllOthersByTime()
    {
        var queue = new EventQueue();
        var random = new SeededRandom(3);
        var target = new Recorder();
        long[] times = [.. Enumerable.Range(0, 5000).Select(_ => (long)random.Next(500))];
        for (int i = 0; i < times.Length; i++)
        {
            queue.Add(new TimeSpan(times[i]), target, 0, i);
        }
        var taken = new List<long>();
        while (queue.TryTake(TimeSpan.MaxValue, out TimeSpan at, out EventQueue.Slot happens))
        {
            Assert.Equal(times[happens.Argument], at.Ticks);
            taken.Add(happens.Argument);
        }
        Assert.Equal(Enumerable.Range(0, times.Length).Select(i => (long)i).OrderBy(i => times[i]).ThenBy(i => i), taken);
        Assert.Equal(0, queue.Count);
    }

    [Fact]
    public void Random_DrawsEvenly()
    {
        var random = new SeededRandom(5);
        int[] counts = new int[7];
        for (int i = 0; i < 70_000; i++)
        {
            counts[random.Next(7)]++;
        }
        Assert.All(counts, count => Assert.InRange(count, 9_600, 10_400));
        Assert.Equal(0.5, Enumerable.Range(0, 10_000).Average(_ => random.NextDouble()), 0.02);
    }

    [Theory]
    [InlineData(nameof(FaultKind.Pause))]
    [InlineData(nameof(FaultKind.Slow))]
    [InlineData(nameof(FaultKind.Kill))]
    [InlineData(nameof(FaultKind.PowerOff))]
    [InlineData(nameof(FaultKind.Amnesia))]
    [InlineData(nameof(FaultKind.OldBackup))]
    [InlineData(nameof(FaultKind.Leave))]
    public void Driver_FaultOfAMachine_BeginsAndIsPutRight(string kind)
    {
        Street street = new Street().StartBoth();
        var fault = new Fault(Enum.Parse<FaultKind>(kind), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(10), [1], 50);
        _ = new FaultDriver(street.Simulation, [fault]);
        street.RunFor(4);
        Assert.False(street.Called.IsWell);
        street.RunFor(10);
        Assert.True(street.Called.IsWell);
        Assert.True(street.Caller.IsWell);
    }

    [Fact]
    public void Driver_FaultOfAPath_BeginsAndIsPutRight()
    {
        Street street = new Street().StartBoth();
        _ = new FaultDriver(street.Simulation,
            [new Fault(FaultKind.OneWayPartition, TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(10), [0])]);
        street.RunFor(4);
        Assert.True(street.Simulation.Network.Path(0, 1).IsCut);
        Assert.False(street.Simulation.Network.Path(1, 0).IsCut);
        Assert.True(street.Simulation.Network.IsImpaired(1, 0));
        street.RunFor(10);
        Assert.False(street.Simulation.Network.IsImpaired(0, 1));
    }

    [Fact]
    public void Generator_SameSeed_SameSchedule_AllKindsSomewhere()
    {
        var generator = new ScheduleGenerator();
        Assert.Equal(generator.Draw(9).ToString(), generator.Draw(9).ToString());
        Schedule[] drawn = [.. Enumerable.Range(0, 300).Select(seed => generator.Draw((ulong)seed))];
        Assert.Equal(Enum.GetValues<FaultKind>().Length, drawn.SelectMany(s => s.Faults).Select(f => f.Kind).Distinct().Count());
        Assert.All(drawn.SelectMany(s => s.Faults), fault => Assert.True(fault.End <= generator.Length));
    }

    [Fact]
    public void Shrinker_FailureOfTwoFaults_IsLeftWithThoseTwo()
    {
        Schedule failing = Enumerable.Range(0, 10_000).Select(seed => new ScheduleGenerator { FaultsMost = 20 }.Draw((ulong)seed))
            .First(s => s.Faults.Count > 10 && Fails(s));
        var shrinker = new ScheduleShrinker(Fails);
        Schedule small = shrinker.Shrink(failing);
        Assert.True(Fails(small));
        Assert.Equal(2, small.Faults.Count);
        Assert.All(small.Faults, fault => Assert.Single(fault.Machines));
        Assert.Equal(small.Faults.Max(f => f.End), small.Length);
        Assert.InRange(shrinker.Runs, 1, 300);

        static bool Fails(Schedule schedule) =>
            schedule.Faults.Any(f => f.Kind == FaultKind.Pause && f.Lasts > TimeSpan.FromSeconds(1))
            && schedule.Faults.Any(f => f.Kind == FaultKind.Loss);
    }

    private sealed class Recorder : IEventTarget
    {
        public void OnEvent(int kind, long argument)
        {
        }
    }
}
