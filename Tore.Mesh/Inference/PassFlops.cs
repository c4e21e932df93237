using Tore.Mesh.Models;
using Tore.Mesh.Tensors;

namespace Tore.Mesh.Inference;

/// <summary>
/// Counts the floating-point operations that a pass runs: 2 x rows x columns for each matrix and row, and a multiplication and an
/// addition for each key and value element that a query head sees.
/// </summary>
internal sealed class PassFlops
{
    private readonly ModelConfig _config;
    private readonly int _layers;
    private readonly long _heads;
    private readonly long _rest;

    public PassFlops(ModelConfig config, ShardWeights weights)
    {
        _config = config;
        _layers = weights.Layers.Length;
        LayerWeights w = weights.Layers[0];
        _heads = 2 * (Size(w.Query) + Size(w.Key) + Size(w.Value));
        _rest = 2 * (Size(w.AttentionOutput) + Size(w.Gate) + Size(w.Up) + Size(w.Down));
    }

    /// <summary>Of the output matrix for one row.</summary>
    public long OfLogits => 2L * _config.Width * _config.VocabularySize;

    /// <summary>Of one step of a pass.</summary>
    public long OfStep(in PassStep step, ForwardPass pass)
    {
        long last = step.Position + step.Count;
        long seen = ((step.Position + 1 + last) * step.Count) / 2;
        long layer = ((_heads + _rest) * step.Count) + (4L * _config.QueryWidth * seen);
        if (!pass.Narrows)
        {
            return layer * _layers;
        }
        long narrow = _heads * step.Count;
        foreach (int row in pass.Wanted)
        {
            if (row >= step.FirstRow && row < step.FirstRow + step.Count)
            {
                narrow += _rest + (4L * _config.QueryWidth * (step.Position + row - step.FirstRow + 1));
            }
        }
        return (layer * (_layers - 1)) + narrow;
    }

    private static long Size(PackedMatrix matrix) => (long)matrix.Rows * matrix.Columns;
}
