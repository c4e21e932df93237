using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Tore.Mesh.Inference.Threads;
using Tore.Mesh.Tensors;

namespace Tore.Mesh.Inference.Measuring;

/// <summary>How fast some threads together can read memory: what decode, which reads every weight once a token, cannot exceed.</summary>
internal sealed unsafe class ReadBandwidth : IEngineJob
{
    /// <summary>Much larger than any cache of one core's share.</summary>
    private const long BytesALane = 256L * 1024 * 1024;

    private const int Passes = 7;

    private readonly AlignedBuffer[] _buffers;
    private readonly ulong[] _sinks;

    private ReadBandwidth(int lanes)
    {
        _buffers = [.. Enumerable.Range(0, lanes).Select(_ => new AlignedBuffer(Math.Max(BytesALane / lanes, BytesALane / 8)))];
        _sinks = new ulong[lanes * 8];
    }

    /// <summary>Bytes per second: the median of a few passes after one that warms up.</summary>
    public static double Measure(int threads, TimeProvider time)
    {
        using var pool = new EnginePool(threads, null, time);
        var job = new ReadBandwidth(threads);
        var passes = new double[Passes];
        try
        {
            pool.Run(job);
            for (int pass = 0; pass < Passes; pass++)
            {
                long start = time.GetTimestamp();
                pool.Run(job);
                passes[pass] = job._buffers.Sum(buffer => buffer.Bytes) / time.GetElapsedTime(start).TotalSeconds;
            }
        }
        finally
        {
            Array.ForEach(job._buffers, buffer => buffer.Dispose());
        }
        Array.Sort(passes);
        return passes[Passes / 2];
    }

    /// <summary>Reads this lane's buffer.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(EngineLane lane)
    {
        AlignedBuffer buffer = _buffers[lane.Index];
        byte* p = buffer.Pointer;
        byte* end = p + (buffer.Bytes / 512 * 512);
        Vector512<ulong> a = default, b = default, c = default, d = default;
        for (; p < end; p += 512)
        {
            a ^= Vector512.LoadAligned((ulong*)p) ^ Vector512.LoadAligned((ulong*)(p + 64));
            b ^= Vector512.LoadAligned((ulong*)(p + 128)) ^ Vector512.LoadAligned((ulong*)(p + 192));
            c ^= Vector512.LoadAligned((ulong*)(p + 256)) ^ Vector512.LoadAligned((ulong*)(p + 320));
            d ^= Vector512.LoadAligned((ulong*)(p + 384)) ^ Vector512.LoadAligned((ulong*)(p + 448));
        }
        // The result is kept, so that the reads are not optimized away.
        _sinks[lane.Index * 8] = (a ^ b ^ c ^ d).GetElement(0);
    }
}
