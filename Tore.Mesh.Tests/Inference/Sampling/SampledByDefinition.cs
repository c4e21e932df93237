using Tore.Mesh.Inference.Sampling;
using Tore.Mesh.Tensors;

namespace Tore.Mesh.Tests.Inference.Sampling;

/// <summary>The steps of docs/arithmetic.md, Sampling, written down plainly: everything is sorted, nothing is skipped.</summary>
internal static class SampledByDefinition
{
    public static int Sample(float[] logits, SamplingOptions options, int position, int[] seen)
    {
        float[] l = [.. logits];
        foreach (int id in seen.Distinct())
        {
            l[id] = l[id] > 0 ? l[id] / options.RepeatPenalty : l[id] * options.RepeatPenalty;
        }
        int[] ranks = [.. Enumerable.Range(0, l.Length).OrderByDescending(id => l[id] + 0f).ThenBy(id => id)];
        if (options.Temperature == 0)
        {
            return ranks[0];
        }
        float max = l[ranks[0]];
        float P(int id) => CanonicalMath.Exp((l[id] - max) / options.Temperature);
        List<int> kept = [.. options.TopK > 0 ? ranks.Take(options.TopK) : ranks];
        if (options.TopP < 1)
        {
            float wanted = options.TopP * Sum16(kept, P);
            float c = 0;
            int count = 0;
            while (count < kept.Count && (count == 0 || c < wanted))
            {
                c += P(kept[count++]);
            }
            kept = kept[..count];
        }
        kept = [.. kept.Where((id, rank) => rank == 0 || P(id) >= options.MinP)];
        float target = CounterGenerator.Uniform(options.Seed, position) * Sum16(kept, P);
        float cumulative = 0;
        foreach (int id in kept)
        {
            cumulative += P(id);
            if (cumulative > target)
            {
                return id;
            }
        }
        return kept[^1];
    }

    public static float Sum16(IEnumerable<int> ids, Func<int, float> value)
    {
        float[] lanes = new float[16];
        foreach (int id in ids.Order())
        {
            lanes[id % 16] += value(id);
        }
        for (int width = 8; width > 0; width /= 2)
        {
            for (int j = 0; j < width; j++)
            {
                lanes[j] += lanes[j + width];
            }
        }
        return lanes[0];
    }
}
