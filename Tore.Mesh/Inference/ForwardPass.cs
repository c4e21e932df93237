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

    /// <summary>Values of gate, and of up, that are joined while both are in the second-level cache.</summary>
    private const int JoinedValues = 64 * 1024;

    private readonly ModelConfig _config;
    private readonly ShardWeights _weights;
    private readonly ShardScratch _scratch;
    private readonly RowLoading _loading;
    private readonly KernelSet _set;
    private readonly bool _isLast;
    private readonly int[] _ids;
    private readonly int[] _identity;
    private readonly int[] _wanted;
    private readonly PassStep[] _steps;
    private readonly PassStep[] _wantedSteps;
    private readonly int _headsPerUnit;
    private int _stepCount;
    private int _wantedCount;
    private int _rows;

    public ForwardPass(ShardShape shape, ShardWeights weights, ShardScratch scratch, KernelSet set)
    {
        _config = shape.Config;
        _weights = weights;
        _scratch = scratch;
        _set = set;
        _isLast = shape.IsLast;
        _ids = shape.IsFirst ? new int[shape.MaxRows] : [];
        _identity = [.. Enumerable.Range(0, shape.MaxRows)];
        _wanted = new int[shape.MaxRows];
        _steps = new PassStep[shape.MaxRows];
        _wantedSteps = new PassStep[shape.MaxRows];
        _loading = new RowLoading(scratch, shape.MaxRows, set);
        // Whole heads in whole groups of rows, so that the lane that has multiplied a head can turn and store it.
        _headsPerUnit = PackedMatrix.GroupRows / GreatestCommonDivisor(PackedMatrix.GroupRows, _config.HeadDim);
    }

    /// <summary>Token ids of the rows, where the shard has the embedding.</summary>
    public Span<int> Ids => _ids;

    /// <summary>The steps of the pass.</summary>
    public Span<PassStep> Steps => _steps.AsSpan(0, _stepCount);

    /// <summary>The rows whose logits are wanted, in order.</summary>
    public ReadOnlySpan<int> Wanted => _wanted.AsSpan(0, _wantedCount);

    /// <summary>
    /// Whether only wanted rows go through the last layer beyond its keys and values: nobody looks at the others. Wanted row i then
    /// ends in row i.
    /// </summary>
    public bool Narrows => _isLast && _wantedCount < _rows;

    /// <summary>Puts the steps in, one row after the other.</summary>
    public void Prepare(ReadOnlySpan<ShardStep> steps)
    {
        _rows = 0;
        _stepCount = steps.Length;
        _wantedCount = 0;
        for (int i = 0; i < steps.Length; i++)
        {
            ShardStep step = steps[i];
            _steps[i] = new PassStep
            {
                Sequence = (KvSequence)step.Sequence,
                FirstRow = _rows,
                OutputRow = _rows,
                Count = step.Count,
                Position = step.Position,
            };
            int first = step.Logits switch { LogitRows.All => 0, LogitRows.Last => step.Count - 1, _ => step.Count };
            for (int row = first; row < step.Count; row++)
            {
                _wantedSteps[_wantedCount] = _steps[i] with
                {
                    FirstRow = _rows + row,
                    OutputRow = _wantedCount,
                    Count = 1,
                    Position = step.Position + row,
                };
                _wanted[_wantedCount++] = _rows + row;
            }
            _rows += step.Count;
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
        ReadOnlySpan<int> rows = _identity.AsSpan(0, _rows);
        for (int layer = 0; layer < _weights.Layers.Length; layer++)
        {
            LayerWeights w = _weights.Layers[layer];

            // Attention: norm, then q, k, v with RoPE, keys and values into the cache, scores, and back to the width.
            Norm(lane, rows, w.AttentionNorm, addBranch: layer > 0, w.Query, w.Key, w.Value);
            ProjectHeads(lane, w, layer);
            lane.Meet();
            Span<PassStep> steps = Steps;
            if (layer == _weights.Layers.Length - 1 && Narrows)
            {
                rows = Wanted;
                if (rows.IsEmpty)
                {
                    return;
                }
                steps = _wantedSteps.AsSpan(0, _wantedCount);
                GatherWanted(lane);
            }
            Attend(lane, steps, layer);
            Load(lane, rows, _scratch.Attended, _config.QueryWidth, w.AttentionOutput);
            Multiply(lane, rows, w.AttentionOutput, _scratch.Branch, _config.Width);

            // Feed-forward: norm, gate and up joined by SwiGLU, and back to the width.
            Norm(lane, rows, w.FeedForwardNorm, addBranch: true, w.Gate, w.Up);
            GateAndUp(lane, rows, w);
            Load(lane, rows, _scratch.Gate, _config.FeedForward, w.Down);
            Multiply(lane, rows, w.Down, _scratch.Branch, _config.Width);
        }
        AddBranch(lane, rows);
    }

    private void Embed(EngineLane lane)
    {
        (int start, int end) = lane.ShareOf(_rows);
        for (int row = start; row < end; row++)
        {
            _weights.Embedding!.ReadRow(_ids[row], _scratch.Hidden + ((long)row * _config.Width));
        }
    }

    /// <summary>Moves the wanted rows to the front; attention does not touch them meanwhile.</summary>
    private void GatherWanted(EngineLane lane)
    {
        for (int i = 0; lane.Index == 0 && i < _wantedCount; i++)
        {
            int width = _config.Width;
            var from = new ReadOnlySpan<float>(_scratch.Hidden + ((long)_wanted[i] * width), width);
            from.CopyTo(new Span<float>(_scratch.Hidden + ((long)i * width), width));
        }
    }

    /// <summary>hidden += branch; panels of norm(hidden) in the forms that the matrices ask for.</summary>
    private void Norm(EngineLane lane, ReadOnlySpan<int> rows, float* weight, bool addBranch, params ReadOnlySpan<PackedMatrix> matrices)
    {
        int width = _config.Width;
        (int start, int end) = lane.Enter(rows.Length);
        for (int row = start; row < end; row++)
        {
            float* hidden = _scratch.Hidden + ((long)row * width);
            float* branch = _scratch.Branch + ((long)row * width);
            if (addBranch)
            {
                Residual.Add(hidden, branch, width, _set);
            }
            RmsNorm.Run(hidden, weight, width, _config.NormEpsilon, branch, _set);
            _loading.Load(row, rows[row], _scratch.Branch, width, matrices);
        }
        lane.Leave();
    }

    private void Load(EngineLane lane, ReadOnlySpan<int> rows, float* x, int columns, PackedMatrix matrix)
    {
        (int start, int end) = lane.Enter(rows.Length);
        for (int row = start; row < end; row++)
        {
            _loading.Load(row, rows[row], x, columns, matrix);
        }
        lane.Leave();
    }

    /// <summary>This lane's rows of a matrix, for all rows of the pass.</summary>
    private void Multiply(EngineLane lane, ReadOnlySpan<int> rows, PackedMatrix matrix, float* y, long yStride)
    {
        (int start, int end) = lane.ShareOf(matrix.Groups);
        MatrixProduct.Run(matrix, _scratch.PanelFor(matrix), rows.Length, null, y, yStride, start, end, _set);
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
        int before = queryUnits + kvUnits;
        (first, count) = Project(w.Value, w.ValueBias, _scratch.Values, _config.KvHeads, start - before, end - before);
        Store(_scratch.Values, layer, first, count, _config.KvHeads);
    }

    /// <summary>The heads of units [start, end) of one matrix, as far as it has them; gives the heads.</summary>
    private (int First, int Count) Project(PackedMatrix matrix, float* bias, float* y, int heads, int start, int end)
    {
        int first = Math.Clamp(start * _headsPerUnit, 0, heads);
        int last = Math.Clamp(end * _headsPerUnit, 0, heads);
        if (first < last)
        {
            int groupStart = first * _config.HeadDim / PackedMatrix.GroupRows;
            int groupEnd = last == heads ? matrix.Groups : last * _config.HeadDim / PackedMatrix.GroupRows;
            MatrixProduct.Run(matrix, _scratch.PanelFor(matrix), _rows, bias, y, matrix.Rows, groupStart, groupEnd, _set);
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
    private void Attend(EngineLane lane, Span<PassStep> steps, int layer)
    {
        int group = _config.Heads / _config.KvHeads;
        int parts = PartsOfGroup(steps, group, lane.Count);
        int item = 0;
        foreach (ref PassStep step in steps)
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
        long head = (long)firstHead * _config.HeadDim;
        var job = new AttentionJob
        {
            Queries = _scratch.Queries + ((long)(step.FirstRow + token) * _config.QueryWidth) + head,
            QueryStride = _config.QueryWidth,
            Output = _scratch.Attended + ((long)(step.OutputRow + token) * _config.QueryWidth) + head,
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

    /// <summary>
    /// Into how many parts the query heads of a kv head are cut: as few as share the items out evenly, because each part reads the keys
    /// and values again.
    /// </summary>
    private int PartsOfGroup(Span<PassStep> steps, int group, int lanes)
    {
        int items = 0;
        foreach (ref PassStep step in steps)
        {
            items += (step.Count + QueryBlock - 1) / QueryBlock * _config.KvHeads;
        }
        int best = 1;
        double bestLoad = double.PositiveInfinity;
        for (int parts = 1; parts <= group; parts++)
        {
            // Work of the busiest lane, in items before the cut; ideal is items / lanes.
            double load = (double)((items * parts) + lanes - 1) / lanes;
            load = Math.Truncate(load) / parts;
            if (group % parts == 0 && load < bestLoad * 0.9)
            {
                (best, bestLoad) = (parts, load);
            }
        }
        return best;
    }

    private void GateAndUp(EngineLane lane, ReadOnlySpan<int> rows, LayerWeights w)
    {
        int columns = _config.FeedForward;
        int joined = Math.Max(1, JoinedValues / (Math.Max(1, rows.Length) * PackedMatrix.GroupRows));
        (int start, int end) = lane.ShareOf(w.Gate.Groups);
        for (int group = start; group < end; group += joined)
        {
            int groupEnd = Math.Min(group + joined, end);
            MatrixProduct.Run(w.Gate, _scratch.PanelFor(w.Gate), rows.Length, null, _scratch.Gate, columns, group, groupEnd, _set);
            MatrixProduct.Run(w.Up, _scratch.PanelFor(w.Up), rows.Length, null, _scratch.Up, columns, group, groupEnd, _set);
            int first = group * PackedMatrix.GroupRows;
            int count = Math.Min(groupEnd * PackedMatrix.GroupRows, columns) - first;
            for (int row = 0; row < rows.Length; row++)
            {
                float* gate = _scratch.Gate + ((long)row * columns) + first;
                SwiGlu.Run(gate, _scratch.Up + ((long)row * columns) + first, count, gate, _set);
            }
        }
    }

    private void AddBranch(EngineLane lane, ReadOnlySpan<int> rows)
    {
        int width = _config.Width;
        (int start, int end) = lane.Enter(rows.Length);
        for (int row = start; row < end; row++)
        {
            Residual.Add(_scratch.Hidden + ((long)row * width), _scratch.Branch + ((long)row * width), width, _set);
        }
        lane.Leave();
    }

    private static int GreatestCommonDivisor(int a, int b)
    {
        while (b != 0)
        {
            (a, b) = (b, a % b);
        }
        return a;
    }
}
