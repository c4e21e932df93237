using Tore.Mesh.Tensors;
using Tore.Mesh.Tensors.Kernels.Vector;

namespace Tore.Mesh.Tests.Tensors.Kernels.Vector;

public sealed unsafe class AttentionKernelTests
{
    public static TheoryData<KernelSet> Sets => VectorSets.All;

    [Fact]
    public void Run_OnePosition_IsItsValue()
    {
        using AttentionCase one = new(headDim: 4, group: 2, kvHeads: 1, firstPosition: 0, tokens: 1, seed: 1);
        using AlignedBuffer result = one.Run(0, KernelSet.Portable);
        for (int i = 0; i < 8; i++)
        {
            Assert.Equal(one.Value(0, 0, i % 4), result.Floats[i]);
        }
    }

    [Fact]
    public void Run_TwoPositions_WeighsValuesByTheExponentialsOfTheScores()
    {
        using AttentionCase two = new(headDim: 2, group: 1, kvHeads: 1, firstPosition: 1, tokens: 1, seed: 2);
        using AlignedBuffer result = two.Run(0, KernelSet.Portable);
        float scale = 1 / MathF.Sqrt(2);
        float[] scores = [two.Dot(0) * scale, two.Dot(1) * scale];
        float max = MathF.Max(scores[0], scores[1]);
        float p0 = CanonicalMath.Exp(scores[0] - max);
        float p1 = CanonicalMath.Exp(scores[1] - max);
        for (int i = 0; i < 2; i++)
        {
            float o = MathF.FusedMultiplyAdd(p1, two.Value(0, 1, i), p0 * two.Value(0, 0, i));
            Assert.Equal(o / (p0 + p1), result.Floats[i]);
        }
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Run_ManyShapes_HasTheBitsOfTheDefinition(KernelSet set)
    {
        (int HeadDim, int Group, int First, int Tokens)[] shapes =
        [
            (64, 8, 0, 70), (64, 7, 61, 5), (64, 1, 0, 130), (128, 4, 200, 9), (48, 6, 63, 3), (80, 3, 127, 1), (16, 2, 5, 1),
            (96, 1, 64, 1),
            (256, 2, 30, 4), (8, 2, 60, 6), (100, 3, 20, 5), (64, 1, 300, 1), (64, 3, 300, 1),
        ];
        foreach ((int headDim, int group, int first, int tokens) in shapes)
        {
            using AttentionCase attention = new(headDim, group, kvHeads: 2, first, tokens, seed: headDim + group);
            for (int kvHead = 0; kvHead < 2; kvHead++)
            {
                using AlignedBuffer expected = attention.Run(kvHead, KernelSet.Portable);
                using AlignedBuffer actual = attention.Run(kvHead, set);
                VectorSets.SameBits(expected, actual, attention.ResultFloats);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Run_OtherTilesAndRuns_ChangeNothing(KernelSet set)
    {
        using AttentionCase attention = new(headDim: 64, group: 3, kvHeads: 1, firstPosition: 50, tokens: 90, seed: 9);
        using AlignedBuffer whole = attention.Run(0, set);
        foreach (int tileRows in new[] { 4, 8, 20, 64 })
        {
            using AlignedBuffer tiled = attention.Run(0, set, tileRows);
            VectorSets.SameBits(whole, tiled, attention.ResultFloats);
        }
        foreach (int run in new[] { 1, 2, 7, 64 })
        {
            using AlignedBuffer cut = attention.RunInParts(0, set, run);
            VectorSets.SameBits(whole, cut, attention.ResultFloats);
        }
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Run_PositionsNotYetWritten_AreNeverUsed(KernelSet set)
    {
        using AttentionCase attention = new(headDim: 64, group: 2, kvHeads: 2, firstPosition: 60, tokens: 10, seed: 4);
        using AlignedBuffer clean = attention.Run(1, set);
        attention.FillFrom(70, float.NaN);
        using AlignedBuffer beside = attention.Run(1, set);
        VectorSets.SameBits(clean, beside, attention.ResultFloats);
        Assert.True(Softmax.AllFinite(beside.Floats, attention.ResultFloats, KernelSet.Portable));
    }

    [Theory]
    [MemberData(nameof(Sets))]
    public void Run_NaNInAKey_ReachesTheResult(KernelSet set)
    {
        using AttentionCase attention = new(headDim: 64, group: 2, kvHeads: 1, firstPosition: 80, tokens: 1, seed: 5);
        attention.SetKey(0, 17, 5, float.NaN);
        using AlignedBuffer result = attention.Run(0, set);
        for (int i = 0; i < attention.ResultFloats; i++)
        {
            Assert.True(float.IsNaN(result.Floats[i]));
        }
    }

    [Fact]
    public void ScratchFloats_LongContext_HoldsATileOfRows()
    {
        Assert.True(AttentionKernel.ScratchFloats(100_000) >= 4 * 100_000);
        Assert.True(AttentionKernel.ScratchFloats(1) >= 4 * KvPage.Positions);
    }
}
