using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using Tore.Mesh.Tensors;

namespace Tore.Mesh.Benchmarks;

/// <summary>
/// Matrix products by type and kernel set: decode as GB/s of weights read from memory and as part of the raw read bandwidth of the same
/// run, prefill as GOP/s (two operations a weight and token).
/// </summary>
internal static unsafe class KernelBenchmarks
{
    private const int Columns = 2048;
    private const long DecodeBytes = 128L << 20;
    private const long SliceBytes = 4L << 20;

    /// <summary>Runs the suite on one thread.</summary>
    /// <param name="filter">Only types and sets whose "type/set" contains this.</param>
    /// <param name="output">Where the table goes.</param>
    public static void Run(string filter, TextWriter output)
    {
        double raw = ReadBandwidth(DecodeBytes);
        output.WriteLine($"raw read {raw:F1} GB/s, one thread; decode over 128 MiB of weights, prefill 512 tokens x 256 rows x {Columns}");
        output.WriteLine("type   set          GB/s x1  of raw  tok x4 GB/s  GOP/s x512");
        foreach (TensorType type in Enum.GetValues<TensorType>())
        {
            foreach (KernelSet set in KernelSets.Available)
            {
                string name = $"{type}/{KernelSets.NameOf(set)}";
                if (set == KernelSet.Portable || !name.Contains(filter, StringComparison.OrdinalIgnoreCase))
                {
                    continue;
                }
                double one = Decode(type, set, 1);
                double four = Decode(type, set, 4);
                double many = Prefill(type, set);
                output.WriteLine($"{type,-6} {KernelSets.NameOf(set),-12} {one,7:F1}  {one / raw,6:F2}  {four,11:F1}  {many,10:F0}");
            }
        }
    }

    /// <summary>Bandwidth of reading a buffer of 128 MiB, in GB/s.</summary>
    public static double ReadBandwidth(long bytes)
    {
        using AlignedBuffer buffer = new(bytes);
        for (long i = 0; i < bytes; i += 8)
        {
            *(long*)(buffer.Pointer + i) = i;
        }
        long sum = 0;
        int slices = (int)(bytes / SliceBytes);
        double seconds = Best(20, slices, slice => sum += ReadSlice(buffer.Pointer + (slice * SliceBytes)));
        GC.KeepAlive(sum);
        return bytes / seconds / 1e9;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static long ReadSlice(byte* p)
    {
        Vector256<long> a = default, b = default, c = default, d = default;
        for (long i = 0; i < SliceBytes; i += 128)
        {
            a += Vector256.Load((long*)(p + i));
            b += Vector256.Load((long*)(p + i + 32));
            c += Vector256.Load((long*)(p + i + 64));
            d += Vector256.Load((long*)(p + i + 96));
        }
        return (a + b + c + d)[0];
    }

    private static double Decode(TensorType type, KernelSet set, int tokens)
    {
        int rows = (int)(DecodeBytes / TensorTypes.RowBytes(type, Columns)) / 16 * 16;
        using PackedMatrix matrix = Weights(type, rows);
        return matrix.Bytes / Time(matrix, set, tokens, 12, (int)(DecodeBytes / SliceBytes)) / 1e9;
    }

    private static double Prefill(TensorType type, KernelSet set)
    {
        using PackedMatrix matrix = Weights(type, 256);
        return 2.0 * 512 * matrix.Rows * Columns / Time(matrix, set, 512, 4, 4) / 1e9;
    }

    private static double Time(PackedMatrix matrix, KernelSet set, int tokens, int times, int slices)
    {
        using ActivationPanel panel = new(tokens, Columns);
        using AlignedBuffer x = new((long)tokens * Columns * 4);
        using AlignedBuffer y = new((long)tokens * matrix.Rows * 4);
        for (int i = 0; i < tokens * Columns; i++)
        {
            x.Floats[i] = (i * 7919 % 1009 / 1009f) - 0.5f;
        }
        panel.Load(ActivationPanel.FormFor(matrix.Type), x.Floats, Columns, Columns, 0, tokens, set);
        return Best(times, slices, slice => MatrixProduct.Run(
            matrix, panel, tokens, null, y.Floats, matrix.Rows, matrix.Groups * slice / slices, matrix.Groups * (slice + 1) / slices, set));
    }

    private static PackedMatrix Weights(TensorType type, int rows)
    {
        PackedMatrix matrix = PackedMatrix.Allocate(type, rows, Columns);
        byte* first = Math.Min((nuint)matrix.GroupAt(0).Scales, (nuint)matrix.GroupAt(0).Quants) is nuint at ? (byte*)at : null;
        long state = 1;
        for (byte* p = first; p < first + matrix.Bytes; p += 8)
        {
            state = (state * 6364136223846793005) + 1442695040888963407;
            *(long*)p = state & 0x3B3B3B3B3B3B3B3B;
        }
        return matrix;
    }

    // Others may use the machine: a slice's time is its least over the passes, and the sum of those is the time of the whole.
    private static double Best(int passes, int slices, Action<int> action)
    {
        double[] least = new double[slices];
        Array.Fill(least, double.MaxValue);
        for (int pass = 0; pass < passes; pass++)
        {
            for (int slice = 0; slice < slices; slice++)
            {
                long start = Stopwatch.GetTimestamp();
                action(slice);
                least[slice] = Math.Min(least[slice], Stopwatch.GetElapsedTime(start).TotalSeconds);
            }
        }
        return least.Sum();
    }
}
