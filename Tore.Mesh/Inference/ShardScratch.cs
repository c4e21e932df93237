using Tore.Mesh.Inference.Threads;
using Tore.Mesh.Tensors;
using Tore.Mesh.Tensors.Kernels.Vector;

namespace Tore.Mesh.Inference;

/// <summary>
/// The working memory of a shard, reserved at load for the largest pass. Every buffer has one row for each row of the pass.
/// </summary>
internal sealed unsafe class ShardScratch : IDisposable
{
    private readonly List<IDisposable> _owned = [];
    private readonly ActivationPanel?[] _panels = new ActivationPanel?[3];
    private readonly AlignedBuffer[] _attention;

    /// <summary>Reserves it.</summary>
    public ShardScratch(ShardShape shape)
    {
        Models.ModelConfig config = shape.Config;
        Hidden = Rows(shape.MaxRows, config.Width);
        Branch = Rows(shape.MaxRows, config.Width);
        Queries = Rows(shape.MaxRows, config.QueryWidth);
        Attended = Rows(shape.MaxRows, config.QueryWidth);
        Keys = Rows(shape.MaxRows, config.KvWidth);
        Values = Rows(shape.MaxRows, config.KvWidth);
        Gate = Rows(shape.MaxRows, config.FeedForward);
        Up = Rows(shape.MaxRows, config.FeedForward);
        Logits = shape.IsLast ? Rows(shape.MaxLogitRows, config.VocabularySize) : null;
        foreach (ActivationForm form in shape.Forms())
        {
            _panels[(int)form] = Own(new ActivationPanel(shape.MaxRows, shape.PanelColumns));
        }
        _attention = new AlignedBuffer[shape.Lanes];
        for (int i = 0; i < _attention.Length; i++)
        {
            _attention[i] = Own(new AlignedBuffer(AttentionKernel.ScratchFloats(shape.ContextLength) * sizeof(float)));
        }
    }

    /// <summary>The residual stream: rows x width.</summary>
    public float* Hidden { get; }

    /// <summary>What is about to be added to it, and what is normed from it: rows x width.</summary>
    public float* Branch { get; }

    /// <summary>Rows x query width.</summary>
    public float* Queries { get; }

    /// <summary>Rows x query width.</summary>
    public float* Attended { get; }

    /// <summary>Rows x key-value width.</summary>
    public float* Keys { get; }

    /// <summary>Rows x key-value width.</summary>
    public float* Values { get; }

    /// <summary>Rows x feed-forward.</summary>
    public float* Gate { get; }

    /// <summary>Rows x feed-forward.</summary>
    public float* Up { get; }

    /// <summary>Logit rows x vocabulary; null on a shard other than the last.</summary>
    public float* Logits { get; }

    /// <summary>The panel that matrices of this type read.</summary>
    public ActivationPanel PanelFor(PackedMatrix matrix) => _panels[(int)ActivationPanel.FormFor(matrix.Type)]!;

    /// <summary>The panel of a form.</summary>
    public ActivationPanel Panel(ActivationForm form) => _panels[(int)form]!;

    /// <summary>A lane's scores.</summary>
    public float* Attention(EngineLane lane) => _attention[lane.Index].Floats;

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (IDisposable owned in _owned)
        {
            owned.Dispose();
        }
    }

    private float* Rows(int rows, int columns) => Own(new AlignedBuffer((long)rows * columns * sizeof(float))).Floats;

    private T Own<T>(T owned)
        where T : IDisposable
    {
        _owned.Add(owned);
        return owned;
    }
}
