using System.Diagnostics;
using Tore.Mesh.Tensors;

namespace Tore.Mesh.Benchmarks;

/// <summary>
/// Matrix products by type and kernel set: decode as GB/s of weights read from memory and as part of the raw read bandwidth of the same run,
/// prefill as GOP/s (two operations a weight and token).
/// </summary>
internal static unsafe class KernelBenchmarks
{
    private const int Columns = 2048;

    /// <summary>Runs the suite on one thread.</summary>
    /// <param name="filter">Only types and sets whose "type/set" contains this.</param>
    /// <param name="output">Where the table goes.</param>
    public static void Run(string filter, TextWriter output)
    {
        double raw = ReadBandwidth(256L << 20);
        output.WriteLine($"raw read {raw:F1} GB/s, one thread; decode over 128 MiB of weights, prefill 512 tokens x 1024 rows x {Columns}");
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

    /// <summary>Best of some passes over a buffer, in GB/s.</summary>
    public static double ReadBandwidth(long bytes)
    {
        using AlignedBuffer buffer = new(bytes);
        long sum = 0;
        double seconds = Best(5, () =>
        {
            byte* p = buffer.Pointer;
            System.Numerics.Vector<long> a = default, b = default, c = default, d = default;
            int size = System.Numerics.Vector<byte>.Count;
            for (long i = 0; i < bytes; i += 4 * size)
            {
                a += *(System.Numerics.Vector<long>*)(p + i);
                b += *(System.Numerics.Vector<long>*)(p + i + size);
                c += *(System.Numerics.Vector<long>*)(p + i + (2 * size));
                d += *(System.Numerics.Vector<long>*)(p + i + (3 * size));
            }
            sum += (a + b + c + d)[0];
        });
        GC.KeepAlive(sum);
        return bytes / seconds / 1e9;
    }

    private static double Decode(TensorType type, KernelSet set, int tokens)
    {
        int rows = (int)((128L << 20) / TensorTypes.RowBytes(type, Columns)) / 16 * 16;
        using PackedMatrix matrix = Weights(type, rows);
        return matrix.Bytes / Time(matrix, set, tokens, 5) / 1e9;
    }

    private static double Prefill(TensorType type, KernelSet set)
    {
        using PackedMatrix matrix = Weights(type, 1024);
        return 2.0 * 512 * 1024 * Columns / Time(matrix, set, 512, 4) / 1e9;
    }

    private static double Time(PackedMatrix matrix, KernelSet set, int tokens, int times)
    {
        using ActivationPanel panel = new(tokens, Columns);
        using AlignedBuffer x = new((long)tokens * Columns * 4);
        using AlignedBuffer y = new((long)tokens * matrix.Rows * 4);
        for (int i = 0; i < tokens * Columns; i++)
        {
            x.Floats[i] = (i * 7919 % 1009 / 1009f) - 0.5f;
        }
        panel.Load(ActivationPanel.FormFor(matrix.Type), x.Floats, Columns, Columns, 0, tokens, set);
        MatrixProduct.Run(matrix, panel, tokens, null, y.Floats, matrix.Rows, 0, 1, set);
        return Best(times, () => MatrixProduct.Run(matrix, panel, tokens, null, y.Floats, matrix.Rows, 0, matrix.Groups, set));
    }

    private static PackedMatrix Weights(TensorType type, int rows)
    {
        PackedMatrix matrix = PackedMatrix.Allocate(type, rows, Columns);
        PackedGroup first = matrix.GroupAt(0);
        Random random = new(1);
        for (byte* p = first.Scales; p < first.Scales + matrix.Bytes; p += 8)
        {
            *(long*)p = random.NextInt64() & 0x3B3B3B3B3B3B3B3B;
        }
        return matrix;
    }

    private static double Best(int times, Action action)
    {
        double best = double.MaxValue;
        for (int i = 0; i < times; i++)
        {
            long start = Stopwatch.GetTimestamp();
            action();
            best = Math.Min(best, Stopwatch.GetElapsedTime(start).TotalSeconds);
        }
        return best;
    }
}
