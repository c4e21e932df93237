using System.Runtime.Intrinsics.X86;
using Tore.Mesh.Tensors;

namespace Tore.Mesh.Tests.Tensors.Kernels.Vector;

/// <summary>
/// The kernel sets that the vector kernels can run here: also the 128-bit one of Arm, whose code is portable where there is FMA.
/// </summary>
internal static class VectorSets
{
    public static TheoryData<KernelSet> All
    {
        get
        {
            TheoryData<KernelSet> sets = [];
            foreach (KernelSet set in KernelSets.Available)
            {
                sets.Add(set);
            }
            if (Fma.IsSupported)
            {
                sets.Add(KernelSet.Neon);
            }
            return sets;
        }
    }

    /// <summary>Repeatable numbers of both signs, mostly near 1, some tiny, huge or zero.</summary>
    public static unsafe AlignedBuffer Values(int count, int seed, bool extremes = true)
    {
        AlignedBuffer buffer = new(sizeof(float) * (long)Math.Max(count, 1));
        Random random = new(seed);
        for (int i = 0; i < count; i++)
        {
            double value = (random.NextDouble() * 4) - 2;
            buffer.Floats[i] = !extremes ? (float)value : random.Next(20) switch
            {
                0 => 0f,
                1 => -0f,
                2 => (float)(value * 1e-41),
                3 => (float)(value * 1e15),
                4 => (float)(value * 1e-20),
                _ => (float)value,
            };
        }
        return buffer;
    }

    /// <summary>Fails at the first place where the bits differ; any NaN equals any other.</summary>
    public static unsafe void SameBits(AlignedBuffer expected, AlignedBuffer actual, int count)
    {
        for (int i = 0; i < count; i++)
        {
            float e = expected.Floats[i];
            float a = actual.Floats[i];
            bool same = BitConverter.SingleToInt32Bits(e) == BitConverter.SingleToInt32Bits(a) || (float.IsNaN(e) && float.IsNaN(a));
            if (!same)
            {
                Assert.Fail($"element {i}: {Show(a)} instead of {Show(e)}");
            }
        }
    }

    public static unsafe AlignedBuffer Copy(AlignedBuffer source)
    {
        AlignedBuffer copy = new(source.Bytes);
        Buffer.MemoryCopy(source.Pointer, copy.Pointer, copy.Bytes, source.Bytes);
        return copy;
    }

    private static string Show(float value) => $"{value:R} ({BitConverter.SingleToInt32Bits(value):X8})";
}
