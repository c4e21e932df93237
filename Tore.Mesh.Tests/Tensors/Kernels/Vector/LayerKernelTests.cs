using Tore.Mesh.Tensors;
using Tore.Mesh.Tensors.Kernels.Vector;

namespace Tore.Mesh.Tests.Tensors.Kernels.Vector;

public sealed unsafe class LayerKernelTests
{
    private static readonly int[] Lengths = [1, 2, 15, 16, 17, 31, 32, 48, 63, 100, 288, 1024];

    public static TheoryData<KernelSet> Sets => VectorSets.All;

    [Fact]
    public void Dot16_SeventeenElements_FollowsLanesAndTree()
    {
        // Lane 0 holds elements 0 and 16. The tree adds lane 8 to lane 0 first: 2^24 + 1 rounds to 2^24, so the 1 of lane 8 is lost there,
        // while the ones of lanes 1 and 9 make a 2 first and survive.
        using AlignedBuffer a = new(17 * sizeof(float));
        using AlignedBuffer ones = new(17 * sizeof(float));
        new Span<float>(ones.Floats, 17).Fill(1);
        a.Floats[0] = 16777215f;
        a.Floats[16] = 1;
        a.Floats[8] = 1;
        a.Floats[1] = 1;
        a.Floats[9] = 1;
        Assert.Equal(16777218f, Reduction.Dot16(a.Floats, ones.Floats, 17));
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void RmsNorm_EveryLength_HasTheBitsOfTheDefinition(KernelSet set)
    {
        foreach (int n in Lengths)
        {
            using AlignedBuffer x = VectorSets.Values(n, n, extremes: false);
            using AlignedBuffer weight = VectorSets.Values(n, n + 1);
            using AlignedBuffer expected = new(n * sizeof(float));
            using AlignedBuffer actual = new(n * sizeof(float));
            RmsNorm.Scalar(x.Floats, weight.Floats, n, 1e-5f, expected.Floats);
            RmsNorm.Run(x.Floats, weight.Floats, n, 1e-5f, actual.Floats, set);
            VectorSets.SameBits(expected, actual, n);
            RmsNorm.Run(x.Floats, weight.Floats, n, 1e-5f, x.Floats, set);
            VectorSets.SameBits(expected, x, n);
        }
    }

    [Fact]
    public void RmsNorm_ThreeAndFour_DividesByTheirRootMeanSquare()
    {
        float* x = stackalloc float[] { 3, 4 };
        float* weight = stackalloc float[] { 1, 10 };
        RmsNorm.Run(x, weight, 2, 0, x, KernelSet.Portable);
        float scale = 1 / MathF.Sqrt(12.5f);
        Assert.Equal(3 * scale, x[0]);
        Assert.Equal(4 * scale * 10, x[1]);
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void SwiGlu_EveryLength_HasTheBitsOfTheDefinition(KernelSet set)
    {
        foreach (int n in Lengths)
        {
            using AlignedBuffer gate = VectorSets.Values(n, n);
            using AlignedBuffer up = VectorSets.Values(n, n + 1);
            gate.Floats[n / 2] = -100;
            gate.Floats[n / 3] = 100;
            using AlignedBuffer expected = new(n * sizeof(float));
            SwiGlu.Scalar(gate.Floats, up.Floats, 0, n, expected.Floats);
            SwiGlu.Run(gate.Floats, up.Floats, n, gate.Floats, set);
            VectorSets.SameBits(expected, gate, n);
        }
    }

    [Fact]
    public void SwiGlu_KnownGates_GivesSiluTimesUp()
    {
        float* gate = stackalloc float[] { 0, 100, -100 };
        float* up = stackalloc float[] { 5, 2, 2 };
        SwiGlu.Run(gate, up, 3, gate, KernelSet.Portable);
        Assert.Equal(0f, gate[0]);
        Assert.Equal(200f, gate[1]);
        Assert.Equal(0f, gate[2]);
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Residual_EveryLength_HasTheBitsOfTheDefinition(KernelSet set)
    {
        foreach (int n in Lengths)
        {
            using AlignedBuffer x = VectorSets.Values(n, n);
            using AlignedBuffer y = VectorSets.Values(n, n + 1);
            using AlignedBuffer expected = VectorSets.Copy(x);
            Residual.Scalar(expected.Floats, y.Floats, 0, n);
            Residual.Add(x.Floats, y.Floats, n, set);
            VectorSets.SameBits(expected, x, n);
        }
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Rope_BothPairings_HaveTheBitsOfTheDefinition(KernelSet set)
    {
        foreach (int pairs in new[] { 1, 4, 16, 17, 24, 32, 48, 64 })
        {
            using RopeTable table = new(100, pairs, 10_000, 1, []);
            foreach (bool interleaved in new[] { false, true })
            {
                // Six elements behind the turned ones must stay.
                int n = (2 * pairs) + 6;
                using AlignedBuffer head = VectorSets.Values(n, pairs);
                using AlignedBuffer expected = VectorSets.Copy(head);
                Rope.Scalar(expected.Floats, table.Cos(77), table.Sin(77), 0, pairs, pairs, interleaved);
                Rope.Apply(head.Floats, table.Cos(77), table.Sin(77), pairs, interleaved, set);
                VectorSets.SameBits(expected, head, n);
            }
        }
    }

    [Fact]
    public void Rope_QuarterTurn_MovesTheSecondIntoTheFirstNegated()
    {
        float* cos = stackalloc float[] { 0, 1 };
        float* sin = stackalloc float[] { 1, 0 };
        float* interleaved = stackalloc float[] { 1, 2, 3, 4, 9 };
        Rope.Apply(interleaved, cos, sin, 2, true, KernelSet.Portable);
        Assert.Equal([-2f, 1f, 3f, 4f, 9f], new ReadOnlySpan<float>(interleaved, 5).ToArray());
        float* halves = stackalloc float[] { 1, 2, 3, 4, 9 };
        Rope.Apply(halves, cos, sin, 2, false, KernelSet.Portable);
        Assert.Equal([-3f, 2f, 1f, 4f, 9f], new ReadOnlySpan<float>(halves, 5).ToArray());
    }

    [Fact]
    public void RopeTable_WrongNumberOfFactors_IsRefused() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new RopeTable(4, 8, 10_000, 1, new float[7]));
}
