namespace Tore.Mesh.Tensors.Kernels.Vector;

/// <summary>
/// Scores of queries against consecutive keys, <c>dot16(query, key) * scale</c>, several together so that the trees of their sums cost
/// little. Head sizes are multiples of 16. Which scores are computed together changes none of them.
/// </summary>
internal unsafe interface IScoreTile
{
    /// <summary>Queries that <see cref="Many"/> takes.</summary>
    static abstract int Rows { get; }

    /// <summary>Keys are taken in multiples of this: scores up to the next multiple are written.</summary>
    static abstract int KeyStep { get; }

    /// <summary>Scores of <see cref="Rows"/> queries; those of query r begin at <c>scores + r * stride</c>.</summary>
    static abstract void Many(float** queries, float* keys, int headDim, int count, float scale, float* scores, long stride);

    /// <summary>Scores of one query.</summary>
    static abstract void One(float* query, float* keys, int headDim, int count, float scale, float* scores);
}
