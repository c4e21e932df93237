using Tore.Mesh.Inference.Threads;

namespace Tore.Mesh.Tests.Inference.Threads;

public sealed class EnginePoolTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(5)]
    public void Run_ManyMeetings_EveryLaneSeesWhatTheOthersDid(int threads)
    {
        using var pool = new EnginePool(threads);
        var job = new Rounds(threads, rounds: 200);
        pool.Run(job);
        pool.Run(job);
        Assert.Equal(0, job.Misses);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(40)]
    public void Enter_FewOrManyItems_DoesEachOnceBeforeAnyoneLeaves(int items)
    {
        using var pool = new EnginePool(3);
        var job = new Items(items);
        pool.Run(job);
        Assert.All(job.Done, count => Assert.Equal(1, count));
        Assert.Equal(0, job.Misses);
    }

    [Fact]
    public void Run_LaneThrows_RethrowsAndServesTheNextJob()
    {
        using var pool = new EnginePool(3);
        var error = Assert.Throws<InvalidDataException>(() => pool.Run(new Thrower()));
        Assert.Equal("lane 1", error.Message);
        var job = new Rounds(3, rounds: 5);
        pool.Run(job);
        Assert.Equal(0, job.Misses);
    }

    [Fact]
    public void Run_Repeated_AllocatesNothing()
    {
        using var pool = new EnginePool(2);
        var job = new Rounds(2, rounds: 3);
        pool.Run(job);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
        {
            pool.Run(job);
        }
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void ShareOf_AnyCount_CoversEveryItemOnce()
    {
        using var pool = new EnginePool(3);
        var job = new Shares(100);
        pool.Run(job);
        Assert.All(job.Taken, taken => Assert.Equal(1, taken));
    }

    /// <summary>Each lane writes its own cell, meets the others, and looks at theirs.</summary>
    private sealed class Rounds(int lanes, int rounds) : IEngineJob
    {
        private readonly int[] _cells = new int[lanes];
        private int _misses;

        public int Misses => _misses;

        public void Run(EngineLane lane)
        {
            for (int round = 1; round <= rounds; round++)
            {
                _cells[lane.Index] = round;
                lane.Meet();
                foreach (int cell in _cells)
                {
                    if (cell != round)
                    {
                        Interlocked.Increment(ref _misses);
                    }
                }
                lane.Meet();
            }
        }
    }

    private sealed class Items(int items) : IEngineJob
    {
        private int _misses;

        public int[] Done { get; } = new int[items];

        public int Misses => _misses;

        public void Run(EngineLane lane)
        {
            (int start, int end) = lane.Enter(Done.Length);
            for (int i = start; i < end; i++)
            {
                Done[i]++;
            }
            lane.Leave();
            if (Done.Contains(0))
            {
                Interlocked.Increment(ref _misses);
            }
        }
    }

    private sealed class Shares(int items) : IEngineJob
    {
        public int[] Taken { get; } = new int[items];

        public void Run(EngineLane lane)
        {
            (int start, int end) = lane.ShareOf(Taken.Length);
            for (int i = start; i < end; i++)
            {
                Taken[i]++;
            }
        }
    }

    private sealed class Thrower : IEngineJob
    {
        public void Run(EngineLane lane)
        {
            lane.Meet();
            if (lane.Index == 1)
            {
                throw new InvalidDataException("lane 1");
            }
            lane.Meet();
        }
    }
}
