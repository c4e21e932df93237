using Tore.Mesh.Harness;
using Tore.Mesh.Harness.Machines;
using Tore.Mesh.Harness.Network;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Tests.Simulations;

/// <summary>Machines: clocks, queues, pauses, disks, and that a seed is a run.</summary>
public sealed class MachineTests
{
    [Fact]
    public void Queue_SlowLine_TakesAtMostItsBytesAndPassesThemAtItsRate()
    {
        Street street = new Street(ballast: 100_000).StartBoth();
        street.RunFor(1);
        street.Simulation.Network.Add(new PathRule([true, false], [false, true]) { BytesPerSecond = 100_000 });
        int taken = Enumerable.Range(0, 40).Sum(_ => street.From.Say());
        Assert.InRange(taken, 20, 22);
        Assert.Equal(40 - taken, street.Caller.Traffic.Dropped);
        street.RunFor(10);
        Assert.InRange(street.To.Received.Count, 8, 10);
        street.RunFor(60);
        Assert.Equal(taken, street.To.Received.Count);
    }

    [Fact]
    public void Pause_ReaderThatDoesNotRead_StopsTheSender()
    {
        Street street = new Street(ballast: 100_000).StartBoth();
        street.RunFor(1);
        street.Called.Pause();
        int taken = 0;
        for (int i = 0; i < 60; i++)
        {
            taken += street.From.Say();
            street.RunFor(0.1);
        }
        // What the reader's system holds, and the sender's queue.
        Assert.InRange(taken, 30, 33);
        street.Called.Resume();
        street.RunFor(1);
        Assert.Equal(taken, street.To.Received.Count);
    }

    [Fact]
    public void Resume_LateTimerAndFrames_MeetTheProcessInAnOrderOfTheSeed()
    {
        var orders = new HashSet<string>();
        for (ulong seed = 1; seed <= 20; seed++)
        {
            var simulation = new Simulation(seed, Street.TenMilliseconds);
            Machine reader = simulation.Add(context => new CallerProcess(context) { Interval = TimeSpan.FromSeconds(5) });
            Machine[] callers =
                [.. Enumerable.Range(0, 3).Select(_ => simulation.Add(context => new CallerProcess(context, reader.Address)))];
            reader.Start();
            Array.ForEach(callers, caller => caller.Start());
            simulation.RunUntil(TimeSpan.FromSeconds(1));
            reader.Pause();
            foreach (Machine caller in callers)
            {
                var process = (CallerProcess)caller.Process!;
                Enumerable.Range(0, 2 + caller.Index).ToList().ForEach(_ => process.Say());
            }
            simulation.RunUntil(TimeSpan.FromSeconds(10));
            Assert.Empty(((CallerProcess)reader.Process!).TimersAt);
            reader.Resume();
            var read = (CallerProcess)reader.Process!;
            Assert.Equal(TimeSpan.FromSeconds(10), Assert.Single(read.TimersAt));
            Assert.Equal(12, read.Received.Count);
            orders.Add(string.Join(',', read.Received.Select(r => r.Number)));
        }
        Assert.True(orders.Count > 10, $"only {orders.Count} orders in 20 seeds");
    }

    [Fact]
    public void SlowDown_EachInputTakesItsTime()
    {
        Street street = new Street().StartBoth();
        street.RunFor(1);
        street.Called.SlowDown(TimeSpan.FromMilliseconds(100));
        Enumerable.Range(0, 5).ToList().ForEach(_ => street.From.Say());
        street.RunFor(2);
        Assert.Equal([1.11, 1.21, 1.31, 1.41, 1.51], street.To.Received.Select(r => Math.Round(r.At.TotalSeconds, 3)));
    }

    [Fact]
    public void Clock_DriftAndJump_MoveWhatTheyShould()
    {
        var clock = new MachineClock();
        clock.Boot(TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(500));
        Moment start = clock.At(TimeSpan.FromSeconds(10));
        clock.SetDrift(TimeSpan.FromSeconds(10), 0.001);
        clock.Jump(TimeSpan.FromHours(-1));
        Moment later = clock.At(TimeSpan.FromSeconds(1010));
        Assert.Equal(1001, (later.Elapsed - start.Elapsed).TotalSeconds, 3);
        Assert.Equal(1001 - 3600, (later.UnixMicroseconds - start.UnixMicroseconds) / 1e6, 3);
        TimeSpan when = clock.When(TimeSpan.FromSeconds(700));
        Assert.True(clock.At(when).Elapsed >= TimeSpan.FromSeconds(700));
        Assert.True(clock.At(when - TimeSpan.FromTicks(2)).Elapsed < TimeSpan.FromSeconds(700));
    }

    [Fact]
    public void Clock_FastMachine_HasItsTimersEarly()
    {
        var street = new Street(interval: TimeSpan.FromSeconds(100));
        street.StartBoth();
        street.Caller.SetDrift(0.01);
        street.RunFor(150);
        Assert.Equal(100 / 1.01, Assert.Single(street.From.TimersAt).TotalSeconds, 3);
    }

    [Fact]
    public void Disk_EachWayToForget()
    {
        var disk = new MachineDisk(new SeededRandom(1));
        Assert.True(disk.TryWrite("a", [1]));
        disk.BackUp();
        Assert.True(disk.TryWrite("a", [2]));
        Assert.Equal(0, disk.Losses);
        disk.Restore();
        Assert.Equal([1], disk.Read("a"));
        disk.Wipe();
        Assert.Null(disk.Read("a"));
        Assert.Equal(2, disk.Losses);
    }

    [Fact]
    public void Disk_TornWrite_TakesThePowerAndLeavesOldNewOrAPart()
    {
        var left = new SortedSet<int>();
        for (ulong seed = 0; seed < 40; seed++)
        {
            bool isOff = false;
            var disk = new MachineDisk(new SeededRandom(seed)) { PowerLost = () => isOff = true };
            disk.TryWrite("a", [1, 1, 1]);
            disk.TearNextWrite();
            Assert.False(disk.TryWrite("a", [2, 2, 2]));
            Assert.True(isOff);
            left.Add(disk.Read("a") is { Length: 3 } whole ? whole[0] : 0);
            Assert.True(disk.TryWrite("a", [3]));
        }
        Assert.Equal([0, 1, 2], left);
    }

    [Fact]
    public void Keys_NobodySignsForAnother()
    {
        var keys = new SimulatedKeys(new SeededRandom(1));
        SimulatedKey one = keys.Make(), other = keys.Make();
        byte[] data = [1, 2, 3];
        Assert.True(keys.Verify(one.PublicKey, data, one.Sign(data)));
        Assert.False(keys.Verify(one.PublicKey, data, other.Sign(data)));
        Assert.False(keys.Verify(one.PublicKey, [1, 2], one.Sign(data)));
        Assert.False(keys.Verify(one.PublicKey[..90], data, one.Sign(data)));
        Assert.False(keys.Verify([], data, one.Sign(data)));
        Assert.Equal(NodeId.FromPublicKey(one.PublicKey), one.Id);
    }

    [Fact]
    public void Run_SameSeed_SameTrace_AndBuffersComeBack()
    {
        Assert.Equal(HashOf(7), HashOf(7));
        Assert.NotEqual(HashOf(7), HashOf(8));
    }

    private static ulong HashOf(ulong seed)
    {
        Street street = new Street(seed, TimeSpan.FromMilliseconds(20), NetworkOptions.Wan with { Loss = 0.1 }).StartBoth();
        street.RunFor(20);
        street.Called.PowerOff();
        street.RunFor(60);
        Assert.Equal(0, street.Simulation.Network.Buffers.Rented);
        return street.Simulation.Trace.Value;
    }
}
