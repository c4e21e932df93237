namespace Tore.Mesh.Tensors.Kernels.Vector;

/// <summary>
/// Attention in tiles of rows (a row is one query head of one token): the scores of all rows of the tile, page by page, then each row's
/// softmax, then the values, page by page. Head sizes are multiples of 16.
/// </summary>
internal static unsafe class AttentionSimd<T, TScores>
    where T : struct, ILanes<T>
    where TScores : IScoreTile
{
    private const int Positions = KvPage.Positions;

    /// <summary>
    /// Runs one job, <paramref name="tileRows"/> rows at a time; scores of a row begin <paramref name="stride"/> floats apart.
    /// </summary>
    public static void Run(in AttentionJob job, int tileRows, long stride)
    {
        float* sums = stackalloc float[tileRows];
        int rows = job.Tokens * job.Group;
        for (int first = 0; first < rows; first += tileRows)
        {
            int count = Math.Min(tileRows, rows - first);
            Scores(job, first, count, stride);
            for (int r = 0; r < count; r++)
            {
                sums[r] = Softmax.InPlace<T>(job.Scratch + (r * stride), job.Length(first + r));
                new Span<float>(job.Result(first + r), job.HeadDim).Clear();
            }
            Values(job, first, count, stride);
            for (int r = 0; r < count; r++)
            {
                Divide(job.Result(first + r), job.HeadDim, sums[r]);
            }
        }
    }

    private static void Scores(in AttentionJob job, int first, int rows, long stride)
    {
        float** queries = stackalloc float*[TScores.Rows];
        float scale = 1 / MathF.Sqrt(job.HeadDim);
        int length = job.Length(first + rows - 1);
        for (int start = 0; start < length; start += Positions)
        {
            float* keys = job.Keys(start / Positions);
            for (int r = 0; r < rows; r += TScores.Rows)
            {
                int group = Math.Min(TScores.Rows, rows - r);
                // Keys past the length of the group's last row are not computed, those past a single row's own length not used.
                int count = Math.Min(Positions, job.Length(first + r + group - 1) - start);
                if (count <= 0)
                {
                    continue;
                }
                float* scores = job.Scratch + (r * stride) + start;
                if (group == TScores.Rows)
                {
                    for (int g = 0; g < group; g++)
                    {
                        queries[g] = job.Query(first + r + g);
                    }
                    TScores.Many(queries, keys, job.HeadDim, count, scale, scores, stride);
                    continue;
                }
                for (int g = 0; g < group; g++)
                {
                    TScores.One(job.Query(first + r + g), keys, job.HeadDim, count, scale, scores + (g * stride));
                }
            }
        }
    }

    private static void Values(in AttentionJob job, int first, int rows, long stride)
    {
        float** results = stackalloc float*[ValueTile<T>.Rows];
        int length = job.Length(first + rows - 1);
        for (int start = 0; start < length; start += Positions)
        {
            float* values = job.Values(start / Positions);
            for (int r = 0; r < rows; r += ValueTile<T>.Rows)
            {
                int group = Math.Min(ValueTile<T>.Rows, rows - r);
                float* p = job.Scratch + (r * stride) + start;
                // What all rows of the group see goes through the tile; a row of a later token sees a few positions more.
                int common = group == ValueTile<T>.Rows ? Math.Clamp(job.Length(first + r) - start, 0, Positions) : 0;
                if (common > 0)
                {
                    for (int g = 0; g < group; g++)
                    {
                        results[g] = job.Result(first + r + g);
                    }
                    ValueTile<T>.Four(results, values, job.HeadDim, common, p, stride);
                }
                for (int g = 0; g < group; g++)
                {
                    int own = Math.Min(job.Length(first + r + g) - start, Positions);
                    if (own > common)
                    {
                        float* rest = values + ((long)common * job.HeadDim);
                        ValueTile<T>.One(job.Result(first + r + g), rest, job.HeadDim, own - common, p + (g * stride) + common);
                    }
                }
            }
        }
    }

    private static void Divide(float* result, int headDim, float sum)
    {
        for (int i = 0; i < headDim; i += Reduction.Lanes)
        {
            (T.Load(result + i) / T.All(sum)).Store(result + i);
        }
    }
}
