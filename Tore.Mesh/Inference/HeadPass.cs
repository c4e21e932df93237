using Tore.Mesh.Inference.Threads;
using Tore.Mesh.Models;
using Tore.Mesh.Tensors;
using Tore.Mesh.Tensors.Kernels.Vector;

namespace Tore.Mesh.Inference;

/// <summary>Norm and output matrix over the few rows whose logits are wanted.</summary>
internal sealed unsafe class HeadPass : IEngineJob
{
    private readonly ModelConfig _config;
    private readonly ShardWeights _weights;
    private readonly ShardScratch _scratch;
    private readonly RowLoading _loading;
    private readonly KernelSet _set;
    private readonly int[] _rows;
    private int _count;

    public HeadPass(ShardShape shape, ShardWeights weights, ShardScratch scratch, KernelSet set)
    {
        _config = shape.Config;
        _weights = weights;
        _scratch = scratch;
        _set = set;
        _rows = new int[shape.MaxLogitRows];
        _loading = new RowLoading(scratch, shape.MaxLogitRows, set);
    }

    /// <summary>
    /// Chooses rows of the last forward pass: those named, or as many from <paramref name="gatheredAt"/> on where they were gathered.
    /// </summary>
    public void Prepare(ReadOnlySpan<int> rows, int? gatheredAt)
    {
        _count = rows.Length;
        for (int i = 0; i < rows.Length; i++)
        {
            _rows[i] = gatheredAt is { } first ? first + i : rows[i];
        }
        _loading.Clear(_count);
    }

    /// <summary>One lane's share.</summary>
    public void Run(EngineLane lane)
    {
        int width = _config.Width;
        PackedMatrix output = _weights.Output!;
        (int start, int end) = lane.Enter(_count);
        for (int i = start; i < end; i++)
        {
            float* normed = _scratch.Branch + ((long)i * width);
            RmsNorm.Run(_scratch.Hidden + ((long)_rows[i] * width), _weights.OutputNorm, width, _config.NormEpsilon, normed, _set);
            _loading.Load(i, i, _scratch.Branch, width, output);
        }
        lane.Leave();
        (start, end) = lane.ShareOf(output.Groups);
        MatrixProduct.Run(output, _scratch.PanelFor(output), _count, null, _scratch.Logits, _config.VocabularySize, start, end, _set);
    }

    /// <summary>Makes the logits of rows that overflowed undefined, so that nobody takes them for numbers.</summary>
    public void SpoilFailed()
    {
        for (int i = 0; i < _count; i++)
        {
            if (_loading.AnyFailed(i, 1))
            {
                _scratch.Logits[(long)i * _config.VocabularySize] = float.NaN;
            }
        }
    }
}
