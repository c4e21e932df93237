using Tore.Mesh.Tensors;
using Tore.Mesh.Tensors.Kernels.Vector;

namespace Tore.Mesh.Tests.Tensors.Kernels.Vector;

/// <summary>One sequence with its pages, scattered in memory, and the queries of a run of its tokens.</summary>
internal sealed unsafe class AttentionCase : IDisposable
{
    private readonly int _headDim;
    private readonly int _group;
    private readonly int _kvHeads;
    private readonly int _first;
    private readonly int _tokens;
    private readonly AlignedBuffer[] _pages;
    private readonly AlignedBuffer _table;
    private readonly AlignedBuffer _queries;

    public AttentionCase(int headDim, int group, int kvHeads, int firstPosition, int tokens, int seed)
    {
        (_headDim, _group, _kvHeads, _first, _tokens) = (headDim, group, kvHeads, firstPosition, tokens);
        int pages = (firstPosition + tokens + KvPage.Positions - 1) / KvPage.Positions;
        int floats = (int)KvPage.Floats(kvHeads, headDim);
        _pages = [.. Enumerable.Range(0, pages).Select(page => VectorSets.Values(floats, seed + page + 1, extremes: false))];
        _table = new AlignedBuffer(pages * sizeof(float*));
        for (int page = 0; page < pages; page++)
        {
            ((float**)_table.Pointer)[page] = _pages[page].Floats;
        }
        _queries = VectorSets.Values(tokens * Width, seed, extremes: false);
    }

    public int ResultFloats => _tokens * Width;

    private int Width => _kvHeads * _group * _headDim;

    public float Value(int kvHead, int position, int i) =>
        _pages[position / KvPage.Positions].Floats[KvPage.ValueOffset(_kvHeads, kvHead, position % KvPage.Positions, _headDim) + i];

    /// <summary>The dot product of the first query with the key of a position, for heads of one kv head.</summary>
    public float Dot(int position) => Reduction.Dot16(
        _queries.Floats,
        _pages[position / KvPage.Positions].Floats + KvPage.KeyOffset(0, position % KvPage.Positions, _headDim),
        _headDim);

    public void SetKey(int kvHead, int position, int i, float value) =>
        _pages[position / KvPage.Positions].Floats[KvPage.KeyOffset(kvHead, position % KvPage.Positions, _headDim) + i] = value;

    /// <summary>Overwrites keys and values from a position to the end of its page.</summary>
    public void FillFrom(int position, float value)
    {
        for (int p = position; p % KvPage.Positions != 0 || p == position; p++)
        {
            for (int kvHead = 0; kvHead < 2 * _kvHeads; kvHead++)
            {
                float* row = _pages[p / KvPage.Positions].Floats + KvPage.KeyOffset(kvHead, p % KvPage.Positions, _headDim);
                new Span<float>(row, _headDim).Fill(value);
            }
        }
    }

    /// <summary>The whole run at once.</summary>
    public AlignedBuffer Run(int kvHead, KernelSet set, int tileRows = 0)
    {
        AlignedBuffer result = new(ResultFloats * sizeof(float));
        Run(kvHead, set, 0, _tokens, result, tileRows);
        return result;
    }

    /// <summary>The run in several jobs of a few tokens, the last ones first.</summary>
    public AlignedBuffer RunInParts(int kvHead, KernelSet set, int tokens)
    {
        AlignedBuffer result = new(ResultFloats * sizeof(float));
        for (int start = (_tokens - 1) / tokens * tokens; start >= 0; start -= tokens)
        {
            Run(kvHead, set, start, Math.Min(tokens, _tokens - start), result, 0);
        }
        return result;
    }

    public void Dispose()
    {
        foreach (AlignedBuffer page in _pages)
        {
            page.Dispose();
        }
        _table.Dispose();
        _queries.Dispose();
    }

    private void Run(int kvHead, KernelSet set, int start, int tokens, AlignedBuffer result, int tileRows)
    {
        int positions = _first + _tokens;
        int stride = (positions + KvPage.Positions - 1) / KvPage.Positions * KvPage.Positions;
        long floats = Math.Max(AttentionKernel.ScratchFloats(positions), (long)tileRows * stride);
        using AlignedBuffer scratch = new(floats * sizeof(float));
        AttentionJob job = new()
        {
            Queries = _queries.Floats + ((long)start * Width) + (kvHead * _group * _headDim),
            QueryStride = Width,
            Output = result.Floats + ((long)start * Width) + (kvHead * _group * _headDim),
            OutputStride = Width,
            Pages = (float**)_table.Pointer,
            KvHeads = _kvHeads,
            KvHead = kvHead,
            Group = _group,
            HeadDim = _headDim,
            FirstPosition = _first + start,
            Tokens = tokens,
            Scratch = scratch.Floats,
        };
        if (tileRows == 0)
        {
            AttentionKernel.Run(job, set);
        }
        else
        {
            AttentionKernel.Run(job, set, tileRows, stride);
        }
    }
}
