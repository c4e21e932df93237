using Tore.Mesh.Inference.Threads;
using Tore.Mesh.Models;
using Tore.Mesh.Tensors;
using Tore.Mesh.Tensors.Kernels.Vector;

namespace Tore.Mesh.Inference;

/// <summary>
/// The layers of a shard over all rows of a pass (docs/engine.md, The pass). Every lane runs <see cref="Run"/>; it takes its share of
/// the heads, rows or groups of each step and meets the others where a result of theirs is needed next: five times a layer for a few
/// rows, nine for many. No sum is ever split, so nothing depends on the number of lanes or on what else is in the pass.
/// </summary>
internal sealed unsafe class ForwardPass : IEngineJob
{
    /// <summary>Tokens of one attention item: enough to use each key and value often, few enough to share out evenly.</summary>
    private const int QueryBlock = 32;

    /// <summary>Groups whose gate and up are joined while both are in the second-level cache.</summary>
    private const int JoinedGroups = 8;

    private readonly ModelConfig _config;
    private readonly ShardWeights _weights;
    private readonly ShardScratch _scratch;
    private readonly RowLoading _loading;
    private readonly KernelSet _set;
    private readonly int[] _ids;
    private readonly PassStep[] _steps;
    private readonly int _headsPerUnit;
    private int _stepCount;
    private int _rows;

    public ForwardPass(ShardShape shape, ShardWeights weights, ShardScratch scratch, KernelSet set)
    {
        _config = shape.Config;
        _weights = weights;
        _scratch = scratch;
        _set = set;
        _ids = shape.IsFirst ? new int[shape.MaxRows] : [];
        _steps = new PassStep[shape.MaxRows];
        _loading = new RowLoading(scratch, shape.MaxRows, set);
        // Whole heads in whole groups of rows, so that the lane that has multiplied a head can turn and store it.
        _headsPerUnit = PackedMatrix.GroupRows / (int)GreatestCommonDivisor(PackedMatrix.GroupRows, _config.HeadDim);
    }

    /// <summary>Token ids of the rows, where the shard has the embedding.</summary>
    public Span<int> Ids => _ids;

    /// <summary>The steps of the pass.</summary>
    public Span<PassStep> Steps => _steps.AsSpan(0, _stepCount);

    /// <summary>Puts the steps in, one row after the other.</summary>
    public void Prepare(ReadOnlySpan<ShardStep> steps)
    {
        _rows = 0;
        _stepCount = steps.Length;
        for (int i = 0; i < steps.Length; i++)
        {
            _steps[i] = new PassStep
            {
                Sequence = (KvSequence)steps[i].Sequence, FirstRow = _rows, Count = steps[i].Count, Position = steps[i].Position,
            };
            _rows += steps[i].Count;
        }
        _loading.Clear(_rows);
    }

    /// <summary>Whether a row of the step overflowed.</summary>
    public bool HasFailed(in PassStep step) => _loading.AnyFailed(step.FirstRow, step.Count);

    /// <summary>One lane's share of the pass.</summary>
    public void Run(EngineLane lane)
    {
        if (_ids.Length > 0)
        {
            Embed(lane);
        }
        for (int layer = 0; layer < _weights.Layers.Length; layer++)
        {
            LayerWeights w = _weights.Layers[layer];

            // Attention: norm, then q, k, v with RoPE, keys and values into the cache, scores, and back to the width.
            Norm(lane, w.AttentionNorm, addBranch: layer > 0, w.Query, w.Key, w.Value);
            ProjectHeads(lane, w, layer);
            lane.Meet();
            Attend(lane, layer);
            Load(lane, _scratch.Attended, _config.QueryWidth, w.AttentionOutput);
            Multiply(lane, w.AttentionOutput, _scratch.Branch, _config.Width);

            // Feed-forward: norm, gate and up joined by SwiGLU, and back to the width.
            Norm(lane, w.FeedForwardNorm, addBranch: true, w.Gate, w.Up);
            GateAndUp(lane, w);
            Load(lane, _scratch.Gate, _config.FeedForward, w.Down);
            Multiply(lane, w.Down, _scratch.Branch, _config.Width);
        }
        AddBranch(lane);
    }

    private void Embed(EngineLane lane)
    {
        (int start, int end) = lane.ShareOf(_rows);
        for (int row = start; row < end; row++)
        {
            _weights.Embedding!.ReadRow(_ids[row], _scratch.Hidden + ((long)row * _config.Width));
        }
    }

    /// <summary>hidden += branch; panels of norm(hidden) in the forms that the matrices ask for.</summary>
    private void Norm(EngineLane lane, float* weight, bool addBranch, params ReadOnlySpan<PackedMatrix> matrices)
    {
        int width = _config.Width;
        (int start, int end) = lane.Enter(_rows);
        for (int row = start; row < end; row++)
        {
            float* hidden = _scratch.Hidden + ((long)row * width);
            float* branch = _scratch.Branch + ((long)row * width);
            if (addBranch)
            {
                Residual.Add(hidden, branch, width, _set);
            }
            RmsNorm.Run(hidden, weight, width, _config.NormEpsilon, branch, _set);
            _loading.Load(row, _scratch.Branch, width, matrices);
        }
        lane.Leave();
    }

    private void Load(EngineLane lane, float* x, int columns, PackedMatrix matrix)
    {
        (int start, int end) = lane.Enter(_rows);
        for (int row = start; row < end; row++)
        {
            _loading.Load(row, x, columns, matrix);
        }
        lane.Leave();
    }

    /// <summary>This lane's rows of a matrix, for all rows of the pass.</summary>
    private void Multiply(EngineLane lane, PackedMatrix matrix, float* y, long yStride)
    {
        (int start, int end) = lane.ShareOf(matrix.Groups);
        MatrixProduct.Run(matrix, _scratch.PanelFor(matrix), _rows, null, y, yStride, start, end, _set);
    }

    /// <summary>Queries, keys and values of this lane's heads, turned by their positions; keys and values go into the cache.</summary>
    private void ProjectHeads(EngineLane lane, LayerWeights w, int layer)
    {
        int queryUnits = (_config.Heads + _headsPerUnit - 1) / _headsPerUnit;
        int kvUnits = (_config.KvHeads + _headsPerUnit - 1) / _headsPerUnit;
        (int start, int end) = lane.ShareOf(queryUnits + (2 * kvUnits));
        (int first, int count) = Project(w.Query, w.QueryBias, _scratch.Queries, _config.Heads, start, end);
        Turn(_scratch.Queries, _config.QueryWidth, first, count);
        (first, count) = Project(w.Key, w.KeyBias, _scratch.Keys, _config.KvHeads, start - queryUnits, end - queryUnits);
        Turn(_scratch.Keys, _config.KvWidth, first, count);
        Store(_scratch.Keys, layer, first, count, 0);
        (first, count) = Project(w.Value, w.ValueBias, _scratch.Values, _config.KvHeads, start - queryUnits - kvUnits, end - queryUnits - kvUnits);
        Store(_scratch.Values, layer, first, count, _config.KvHeads);
    }

    /// <summary>The heads of units [start, end) of one matrix, as far as it has them; gives the heads.</summary>
    private (int First, int Count) Project(PackedMatrix matrix, float* bias, float* y, int heads, int start, int end)
    {
        int first = Math.Clamp(start * _headsPerUnit, 0, heads);
        int last = Math.Clamp(end * _headsPerUnit, 0, heads);
        if (first < last)
        {
            int groupEnd = last == heads ? matrix.Groups : last * _config.HeadDim / PackedMatrix.GroupRows;
            MatrixProduct.Run(
                matrix, _scratch.PanelFor(matrix), _rows, bias, y, matrix.Rows, first * _config.HeadDim / PackedMatrix.GroupRows, groupEnd, _set);
        }
        return (first, last - first);
    }

    private void Turn(float* y, int stride, int firstHead, int heads)
    {
        foreach (ref PassStep step in Steps)
        {
            for (int i = 0; heads > 0 && i < step.Count; i++)
            {
                float* row = y + ((long)(step.FirstRow + i) * stride);
                float* cos = _weights.Rope.Cos(step.Position + i);
                float* sin = _weights.Rope.Sin(step.Position + i);
                for (int head = firstHead; head < firstHead + heads; head++)
                {
                    Rope.Apply(row + (head * _config.HeadDim), cos, sin, _weights.Rope.Pairs, _config.RopeInterleaved, _set);
                }
            }
        }
    }

    /// <summary>Copies heads into the pages: keys stand first in a page, values as if they were the heads after them.</summary>
    private void Store(float* y, int layer, int firstHead, int heads, int headsBefore)
    {
        int headDim = _config.HeadDim;
        foreach (ref PassStep step in Steps)
        {
            float** pages = step.Sequence.PagesOf(layer);
            for (int i = 0; i < step.Count; i++)
            {
                int position = step.Position + i;
                float* row = y + ((long)(step.FirstRow + i) * _config.KvWidth);
                for (int head = firstHead; head < firstHead + heads; head++)
                {
                    float* place = pages[position / KvPage.Positions]
                        + KvPage.KeyOffset(headsBefore + head, position % KvPage.Positions, headDim);
                    new ReadOnlySpan<float>(row + (head * headDim), headDim).CopyTo(new Span<float>(place, headDim));
                }
            }
        }
    }

    /// <summary>Attention of this lane's items: an item is some query heads of one kv head over a block of one sequence's tokens.</summary>
    private void Attend(EngineLane lane, int layer)
    {
        int group = _config.Heads / _config.KvHeads;
        int parts = PartsOfGroup(group, lane.Count);
        int item = 0;
        foreach (ref PassStep step in Steps)
        {
            for (int token = 0; token < step.Count; token += QueryBlock)
            {
                for (int part = 0; part < _config.KvHeads * parts; part++)
                {
                    if (item++ % lane.Count == lane.Index)
                    {
                        Attend(lane, step, layer, token, part / parts, group / parts, part % parts * (group / parts));
                    }
                }
            }
        }
    }

    private void Attend(EngineLane lane, in PassStep step, int layer, int token, int kvHead, int heads, int firstOfGroup)
    {
        int firstHead = (kvHead * (_config.Heads / _config.KvHeads)) + firstOfGroup;
        long offset = ((long)(step.FirstRow + token) * _config.QueryWidth) + ((long)firstHead * _config.HeadDim);
        var job = new AttentionJob
        {
            Queries = _scratch.Queries + offset,
            QueryStride = _config.QueryWidth,
            Output = _scratch.Attended + offset,
            OutputStride = _config.QueryWidth,
            Pages = step.Sequence.PagesOf(layer),
            KvHeads = _config.KvHeads,
            KvHead = kvHead,
            Group = heads,
            HeadDim = _config.HeadDim,
            FirstPosition = step.Position + token,
            Tokens = Math.Min(QueryBlock, step.Count - token),
            Scratch = _scratch.Attention(lane),
        };
        AttentionKernel.Run(job, _set);
    }

    /// <summary>Into how many parts the query heads of a kv head are cut so that every lane has an item, where that is possible.</summary>
    private int PartsOfGroup(int group, int lanes)
    {
        int items = 0;
        foreach (ref PassStep step in Steps)
        {
            items += (step.Count + QueryBlock - 1) / QueryBlock * _config.KvHeads;
        }
        int parts = 1;
        while (items * parts < lanes && group % (parts * 2) == 0)
        {
            parts *= 2;
        }
        return parts;
    }

    private void GateAndUp(EngineLane lane, LayerWeights w)
    {
        int columns = _config.FeedForward;
        (int start, int end) = lane.ShareOf(w.Gate.Groups);
        for (int group = start; group < end; group += JoinedGroups)
        {
            int groupEnd = Math.Min(group + JoinedGroups, end);
            MatrixProduct.Run(w.Gate, _scratch.PanelFor(w.Gate), _rows, null, _scratch.Gate, columns, group, groupEnd, _set);
            MatrixProduct.Run(w.Up, _scratch.PanelFor(w.Up), _rows, null, _scratch.Up, columns, group, groupEnd, _set);
            int first = group * PackedMatrix.GroupRows;
            int count = Math.Min(groupEnd * PackedMatrix.GroupRows, columns) - first;
            for (int row = 0; row < _rows; row++)
            {
                float* gate = _scratch.Gate + ((long)row * columns) + first;
                SwiGlu.Run(gate, _scratch.Up + ((long)row * columns) + first, count, gate, _set);
            }
        }
    }

    private void AddBranch(EngineLane lane)
    {
        int width = _config.Width;
        (int start, int end) = lane.Enter(_rows);
        for (int row = start; row < end; row++)
        {
            Residual.Add(_scratch.Hidden + ((long)row * width), _scratch.Branch + ((long)row * width), width, _set);
        }
        lane.Leave();
    }

    private static uint GreatestCommonDivisor(int a, int b)
    {
        while (b != 0)
        {
            (a, b) = (b, a % b);
        }
        return (uint)a;
    }
}
