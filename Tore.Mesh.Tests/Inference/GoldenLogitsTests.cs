using System.Runtime.InteropServices;
using Tore.Mesh.Inference;
using Tore.Mesh.Models;
using Tore.Mesh.Models.Gguf;
using Tore.Mesh.Pipelines.Local;

namespace Tore.Mesh.Tests.Inference;

/// <summary>The engine against the float64 reference: the bounds are those that the reference's makers set.</summary>
public sealed class GoldenLogitsTests
{
    public static TheoryData<string> Models => [.. GoldenLogits.Models];

    [Theory]
    [MemberData(nameof(Models))]
    public void Run_GoldenIds_IsAsNearTheReferenceAsArithmeticAllows(string model)
    {
        GoldenLogits golden = GoldenLogits.Load(model);
        using GgufFile file = GgufFile.Open(GoldenLogits.PathOf(model));
        using var backend = new ManagedBackend();
        var run = new LogitsRun(backend, file, ModelConfig.Read(file), new LogitsOptions { Threads = 2 });
        double largest = 0;
        List<double> divergences = [];
        int sameBest = 0;
        foreach (GoldenLogits.Case sample in golden.Cases)
        {
            // The reference's own continuation follows the prompt, so that each of its steps is judged on the same ids.
            int[] ids = [.. sample.Ids, .. sample.Greedy.SkipLast(1)];
            float[] rows = Rows(run, ids);
            for (int i = 0; i < sample.Positions; i++)
            {
                ReadOnlySpan<float> ours = rows.AsSpan((sample.FirstPosition + i) * golden.Vocabulary, golden.Vocabulary);
                ReadOnlySpan<float> reference = golden.Row(sample.Row + i);
                largest = Math.Max(largest, LargestDifference(reference, ours));
                divergences.Add(Divergence(reference, ours));
                sameBest += Best(reference) == Best(ours) ? 1 : 0;
            }
            double doubt = golden.HasFloatWeights ? 0.001 : 2 * golden.Yardstick.MaxAbsDifference;
            for (int i = 0; i < sample.Greedy.Length; i++)
            {
                int best = Best(rows.AsSpan((sample.Ids.Length - 1 + i) * golden.Vocabulary, golden.Vocabulary));
                bool same = best == sample.Greedy[i] || sample.Margins[i] <= doubt;
                Assert.True(same, $"'{sample.Prompt}', step {i}: {best}, not {sample.Greedy[i]}");
            }
        }
        divergences.Sort();
        double mean = divergences.Average(), median = divergences[divergences.Count / 2], top1 = (double)sameBest / divergences.Count;
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{model}: max |difference| {largest:g3}, mean KL {mean:g3} ({golden.Yardstick.MeanKl:g3}), median KL {median:g3} "
            + $"({golden.Yardstick.MedianKl:g3}), top-1 {top1:0.000} ({golden.Yardstick.Top1:0.000})");
        if (golden.HasFloatWeights)
        {
            Assert.InRange(largest, 0, 1e-3);
        }
        else
        {
            Assert.InRange(mean, -1e-9, 0.001 + (2 * golden.Yardstick.MeanKl));
            Assert.InRange(median, -1e-9, 0.001 + (2 * golden.Yardstick.MedianKl));
            Assert.InRange(top1, golden.Yardstick.Top1 - 0.05, 1);
        }
    }

    private static float[] Rows(LogitsRun run, int[] ids)
    {
        using var output = new MemoryStream();
        LogitsResult result = run.Run(ids, output, TestContext.Current.CancellationToken);
        Assert.Equal(ids.Length, result.Rows);
        return MemoryMarshal.Cast<byte, float>(output.GetBuffer().AsSpan(0, (int)output.Length)).ToArray();
    }

    private static double LargestDifference(ReadOnlySpan<float> reference, ReadOnlySpan<float> ours)
    {
        double largest = 0;
        for (int i = 0; i < reference.Length; i++)
        {
            largest = Math.Max(largest, Math.Abs((double)reference[i] - ours[i]));
        }
        return largest;
    }

    /// <summary>KL(reference || ours) in nats.</summary>
    private static double Divergence(ReadOnlySpan<float> reference, ReadOnlySpan<float> ours)
    {
        double sum = 0, referenceLog = LogSum(reference), oursLog = LogSum(ours);
        for (int i = 0; i < reference.Length; i++)
        {
            double logP = reference[i] - referenceLog;
            sum += Math.Exp(logP) * (logP - (ours[i] - oursLog));
        }
        return sum;
    }

    private static double LogSum(ReadOnlySpan<float> row)
    {
        double max = double.NegativeInfinity, sum = 0;
        foreach (float value in row)
        {
            max = Math.Max(max, value);
        }
        foreach (float value in row)
        {
            sum += Math.Exp(value - max);
        }
        return max + Math.Log(sum);
    }

    private static int Best(ReadOnlySpan<float> row)
    {
        int best = 0;
        for (int i = 1; i < row.Length; i++)
        {
            best = row[i] > row[best] ? i : best;
        }
        return best;
    }
}
