using Tore.Mesh.Inference.Sampling;
using Tore.Mesh.Primitives;
using Tore.Mesh.Tensors;

namespace Tore.Mesh.Tests.Inference.Sampling;

public sealed unsafe class TokenSamplerTests
{
    private static readonly SamplingOptions Plain = new() { Temperature = 1, TopK = 0, TopP = 1, MinP = 0, RepeatPenalty = 1 };

    [Fact]
    public void Sample_TemperatureZero_TakesTheLowestOfTheBestIds()
    {
        Assert.Equal(2, Sample([1, 2, 5, 5, -3], SamplingOptions.Greedy, 0));
        Assert.Equal(1, Sample([-1, -0f, 0f, -3], SamplingOptions.Greedy, 0));
    }

    [Fact]
    public void Sample_TwoEqualTokens_AreDrawnByTheFirstHalfAndTheSecond()
    {
        for (int position = 0; position < 50; position++)
        {
            float u = CounterGenerator.Uniform(3, position);
            Assert.Equal(u < 0.5f ? 0 : 1, Sample([7, 7], Plain with { Seed = 3 }, position));
        }
    }

    [Fact]
    public void Sample_TopKOne_IsGreedy() => Assert.Equal(3, Sample([0, 1, 2, 3, 3], Plain with { TopK = 1 }, 5));

    [Fact]
    public void Sample_TopPZero_KeepsTheBest() => Assert.Equal(3, Sample([0, 1, 2, 3, 3], Plain with { TopP = 0 }, 5));

    [Fact]
    public void Sample_MinPOne_KeepsTheBest() => Assert.Equal(3, Sample([0, 1, 2, 3, 2.9f], Plain with { MinP = 1 }, 5));

    [Fact]
    public void Sample_RepetitionPenalty_DividesPositiveAndMultipliesNegativeOnce()
    {
        SamplingOptions greedy = SamplingOptions.Greedy with { RepeatPenalty = 2 };
        Assert.Equal(1, Sample([4, 3, 0], greedy, 0, [0, 0]));
        Assert.Equal(0, Sample([4, 1.9f, 0], greedy, 0, [0, 0, 0]));
        Assert.Equal(1, Sample([-2, -3, -9], greedy, 0, [0]));
    }

    [Fact]
    public void Sample_SeenIdsOutsideTheVocabulary_AreIgnored() =>
        Assert.Equal(0, Sample([4, 3], SamplingOptions.Greedy with { RepeatPenalty = 1.1f }, 0, [-1, 2, 99]));

    [Fact]
    public void Sample_ManyOptionsAndLogits_DrawsWhatTheDefinitionDraws()
    {
        Random random = new(5);
        float[] temperatures = [0, 0.05f, 0.7f, 1, 3];
        int[] tops = [0, 1, 2, 7, 40, 300, 5000];
        float[] topPs = [0, 0.1f, 0.5f, 0.95f, 1, 2];
        float[] minPs = [0, 0.001f, 0.05f, 0.5f, 1];
        foreach (int vocabulary in new[] { 1, 2, 16, 33, 700, 3000 })
        {
            for (int round = 0; round < 150; round++)
            {
                double spread = random.NextDouble() * 12;
                bool coarse = random.Next(3) == 0;
                float[] logits = [.. Enumerable.Range(0, vocabulary).Select(_ => One(random, spread, coarse))];
                int[] seen = [.. Enumerable.Range(0, random.Next(20)).Select(_ => random.Next(vocabulary))];
                SamplingOptions options = new()
                {
                    Temperature = temperatures[random.Next(temperatures.Length)],
                    TopK = tops[random.Next(tops.Length)],
                    TopP = topPs[random.Next(topPs.Length)],
                    MinP = minPs[random.Next(minPs.Length)],
                    RepeatPenalty = random.Next(2) == 0 ? 1 : 1.2f,
                    Seed = (ulong)random.NextInt64(),
                };
                int expected = SampledByDefinition.Sample(logits, options, round, seen);
                Assert.True(expected == Sample(logits, options, round, seen), $"{options}, {vocabulary} tokens, round {round}");
                Assert.Equal(expected, Sample(logits, options, round, seen, KernelSet.Portable));
            }
        }
    }

    [Fact]
    public void Sample_OneSamplerForManyRequests_KeepsNothing()
    {
        float[] logits = [3, 2.5f, 2, 1, 0.5f];
        TokenSampler shared = new(logits.Length, KernelSets.Current);
        fixed (float* l = logits)
        {
            SamplingOptions penalised = Plain with { RepeatPenalty = 5, Seed = 1 };
            int fresh = Sample(logits, Plain with { Seed = 9 }, 4);
            shared.Sample(l, penalised, 3, [0, 1, 2]);
            Assert.Equal(fresh, shared.Sample(l, Plain with { Seed = 9 }, 4, []));
            Assert.Equal(3f, logits[0]);
        }
    }

    [Theory]
    [InlineData(float.NaN)]
    [InlineData(float.PositiveInfinity)]
    [InlineData(float.NegativeInfinity)]
    public void Sample_LogitThatIsNotFinite_IsNumericOverflow(float bad)
    {
        float[] logits = [.. Enumerable.Repeat(1f, 50)];
        logits[33] = bad;
        ToreException error = Assert.Throws<ToreException>(() => Sample(logits, SamplingOptions.Greedy, 0));
        Assert.Equal(ErrorCodes.NumericOverflow, error.Code);
    }

    [Fact]
    public void Sample_PenaltyThatOverflows_IsNumericOverflowAndLeavesNothingBehind()
    {
        TokenSampler sampler = new(2, KernelSets.Current);
        float[] logits = [3e38f, 1];
        SamplingOptions options = SamplingOptions.Greedy with { RepeatPenalty = 0.5f };
        fixed (float* l = logits)
        {
            float* pointer = l;
            ToreException error = Assert.Throws<ToreException>(() => sampler.Sample(pointer, options, 0, [0]));
            Assert.Equal(ErrorCodes.NumericOverflow, error.Code);
            Assert.Equal(0, sampler.Sample(l, SamplingOptions.Greedy with { RepeatPenalty = 1.1f }, 0, [0]));
        }
    }

    [Fact]
    public void LogProbability_TwoToOne_IsTheLogarithmOfTheShare()
    {
        float[] logits = [0, (float)Math.Log(2), 0, -1e30f];
        TokenSampler sampler = new(4, KernelSets.Current);
        int[] ids = new int[3];
        float[] top = new float[3];
        fixed (float* l = logits)
        {
            float own = sampler.LogProbability(l, 2, ids, top);
            Assert.Equal(Math.Log(0.25), own, 6);
            Assert.Equal([1, 0, 2], ids);
            Assert.Equal(Math.Log(0.5), top[0], 6);
            Assert.Equal(own, top[1]);
            Assert.Equal(own, top[2]);
            Assert.Equal(-1e30f, sampler.LogProbability(l, 3, [], []));
        }
    }

    [Fact]
    public void Sample_OnceBuilt_AllocatesNothing()
    {
        const int Vocabulary = 20_000;
        Random random = new(8);
        float[] logits = [.. Enumerable.Range(0, Vocabulary).Select(_ => One(random, 5, false))];
        int[] seen = [1, 2, 3, 500];
        int[] ids = new int[5];
        float[] top = new float[5];
        TokenSampler sampler = new(Vocabulary, KernelSets.Current);
        SamplingOptions[] all =
        [
            SamplingOptions.Greedy, new() { RepeatPenalty = 1.1f }, Plain, Plain with { TopP = 0.9f }, Plain with { MinP = 0.1f },
        ];
        fixed (float* l = logits)
        {
            long before = 0;
            for (int round = 0; round < 20; round++)
            {
                if (round == 10)
                {
                    before = GC.GetAllocatedBytesForCurrentThread();
                }
                foreach (SamplingOptions options in all)
                {
                    sampler.LogProbability(l, sampler.Sample(l, options, round, seen), ids, top);
                }
            }
            Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
        }
    }

    private static float One(Random random, double spread, bool coarse)
    {
        double value = (random.NextDouble() - 0.5) * spread;
        return coarse ? (float)Math.Round(value) : (float)value;
    }

    private static int Sample(float[] logits, SamplingOptions options, int position, int[]? seen = null, KernelSet? set = null)
    {
        fixed (float* l = logits)
        {
            return new TokenSampler(logits.Length, set ?? KernelSets.Current).Sample(l, options, position, seen ?? []);
        }
    }
}
