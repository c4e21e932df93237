using Tore.Mesh.Tensors;
using Tore.Mesh.Tensors.Kernels.Vector;

namespace Tore.Mesh.Tests.Tensors.Kernels.Vector;

public sealed unsafe class SoftmaxTests
{
    private static readonly int[] Lengths = [1, 2, 15, 16, 17, 33, 100, 1000];

    public static TheoryData<KernelSet> Sets => VectorSets.All;

    [Theory]
    [MemberData(nameof(Sets))]
    public void Exponentials_WholeRangeOfExp_HasTheBitsOfTheDefinition(KernelSet set)
    {
        // Every 4,099th float of both signs, NaN and Inf among them.
        const int Step = 4_099;
        const int Count = (int)(0x1_0000_0000L / Step);
        using AlignedBuffer x = new(Count * sizeof(float));
        using AlignedBuffer actual = new(Count * sizeof(float));
        for (int i = 0; i < Count; i++)
        {
            x.Floats[i] = BitConverter.UInt32BitsToSingle((uint)i * Step);
        }
        Softmax.Exponentials(x.Floats, Count, 0, 1, actual.Floats, set);
        for (int i = 0; i < Count; i++)
        {
            uint expected = BitConverter.SingleToUInt32Bits(CanonicalMath.Exp(x.Floats[i]));
            uint bits = BitConverter.SingleToUInt32Bits(actual.Floats[i]);
            Assert.True(expected == bits, $"exp({x.Floats[i]:R}): {bits:X8} instead of {expected:X8}");
        }
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Exponentials_EveryLength_HaveBitsAndSumOfTheDefinition(KernelSet set)
    {
        foreach (int n in Lengths)
        {
            using AlignedBuffer x = VectorSets.Values(n, n, extremes: false);
            using AlignedBuffer expected = new(n * sizeof(float));
            using AlignedBuffer actual = new(n * sizeof(float));
            float max = Softmax.Max(x.Floats, n, KernelSet.Portable);
            float sum = Softmax.Exponentials(x.Floats, n, max, 0.7f, expected.Floats, KernelSet.Portable);
            Assert.Equal(Reduction.Sum16(expected.Floats, n), sum);
            Assert.Equal(max, Softmax.Max(x.Floats, n, set));
            Assert.Equal(sum, Softmax.Exponentials(x.Floats, n, max, 0.7f, actual.Floats, set));
            VectorSets.SameBits(expected, actual, n);
        }
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void AllFinite_OneBadElementAnywhere_IsFalse(KernelSet set)
    {
        foreach (int n in Lengths)
        {
            using AlignedBuffer x = VectorSets.Values(n, n);
            Assert.True(Softmax.AllFinite(x.Floats, n, set));
            for (int i = 0; i < n; i += 7)
            {
                float before = x.Floats[i];
                foreach (float bad in new[] { float.NaN, float.PositiveInfinity, float.NegativeInfinity })
                {
                    x.Floats[i] = bad;
                    Assert.False(Softmax.AllFinite(x.Floats, n, set));
                }
                x.Floats[i] = before;
            }
        }
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Max_ZerosOfBothSigns_IsPlusZero(KernelSet set)
    {
        float* x = stackalloc float[40];
        new Span<float>(x, 40).Fill(-0f);
        Assert.Equal(0u, BitConverter.SingleToUInt32Bits(Softmax.Max(x, 40, set)));
        x[3] = 0f;
        Assert.Equal(0u, BitConverter.SingleToUInt32Bits(Softmax.Max(x, 40, set)));
    }
}
