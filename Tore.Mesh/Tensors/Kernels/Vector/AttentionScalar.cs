namespace Tore.Mesh.Tensors.Kernels.Vector;

/// <summary>The definition of attention in plain C#, one row after the other; also runs heads whose size is no multiple of 16.</summary>
internal static unsafe class AttentionScalar
{
    /// <summary>Runs one job.</summary>
    public static void Run(in AttentionJob job)
    {
        for (int row = 0; row < job.Tokens * job.Group; row++)
        {
            Row(job, row);
        }
    }

    private static void Row(in AttentionJob job, int row)
    {
        int length = job.Length(row);
        float* p = job.Scratch;
        float scale = 1 / MathF.Sqrt(job.HeadDim);
        float max = float.NegativeInfinity;
        for (int t = 0; t < length; t++)
        {
            float* key = job.Keys(t / KvPage.Positions) + ((long)(t % KvPage.Positions) * job.HeadDim);
            p[t] = Reduction.Dot16(job.Query(row), key, job.HeadDim) * scale;
            max = p[t] > max ? p[t] : max;
        }
        for (int t = 0; t < length; t++)
        {
            p[t] = CanonicalMath.Exp(p[t] - max);
        }
        float sum = Reduction.Sum16(p, length);
        float* o = job.Result(row);
        new Span<float>(o, job.HeadDim).Clear();
        for (int t = 0; t < length; t++)
        {
            float* value = job.Values(t / KvPage.Positions) + ((long)(t % KvPage.Positions) * job.HeadDim);
            for (int i = 0; i < job.HeadDim; i++)
            {
                o[i] = MathF.FusedMultiplyAdd(p[t], value[i], o[i]);
            }
        }
        for (int i = 0; i < job.HeadDim; i++)
        {
            o[i] /= sum;
        }
    }
}
