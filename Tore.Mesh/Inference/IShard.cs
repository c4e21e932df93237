using Tore.Mesh.Primitives;

namespace Tore.Mesh.Inference;

/// <summary>
/// Layers a..b of one model, loaded, with its key-value cache. The embedding comes with the first layer, norm and head with the
/// last. A pass works on the rows that the caller has put into <see cref="TokenIds"/> (first shard) or <see cref="Hidden"/>
/// (any other): the steps of many sequences one after the other. One caller at a time, except <see cref="OpenSequence"/>.
/// </summary>
public interface IShard : IDisposable
{
    /// <summary>The layers.</summary>
    LayerRange Layers { get; }

    /// <summary>Whether it takes token ids.</summary>
    bool IsFirst { get; }

    /// <summary>Whether it gives logits.</summary>
    bool IsLast { get; }

    /// <summary>Floats of one activation row.</summary>
    int Width { get; }

    /// <summary>Floats of one row of logits.</summary>
    int VocabularySize { get; }

    /// <summary>Positions that one sequence may use.</summary>
    int ContextLength { get; }

    /// <summary>Sequences that may be open at once.</summary>
    int Slots { get; }

    /// <summary>Prompt tokens of one pass at most.</summary>
    int PrefillChunk { get; }

    /// <summary>Rows of one pass at most: a prefill chunk and a decode step of every slot.</summary>
    int MaxRows { get; }

    /// <summary>Rows that one call of <see cref="Logits"/> may ask for.</summary>
    int MaxLogitRows { get; }

    /// <summary>What its memory goes to.</summary>
    ShardBudget Budget { get; }

    /// <summary>The kernel set that runs, such as <c>avx512-vnni</c>.</summary>
    string Isa { get; }

    /// <summary>Floating-point operations run so far.</summary>
    long Flops { get; }

    /// <summary>Takes a slot with key-value memory for this many positions. Safe from any thread; disposing gives both back.</summary>
    /// <exception cref="ToreException"><c>context_length_exceeded</c>, or <c>busy</c> when no slot is free.</exception>
    IShardSequence OpenSequence(int positions);

    /// <summary>Where the first shard's caller puts token ids: <see cref="MaxRows"/> of them.</summary>
    Span<int> TokenIds { get; }

    /// <summary>
    /// <see cref="MaxRows"/> x <see cref="Width"/> floats: what a shard other than the first is given, and what a shard other
    /// than the last gives, in the same rows.
    /// </summary>
    Span<float> Hidden { get; }

    /// <summary>
    /// Runs the layers over the rows of all steps. A step whose numbers overflow is reported and does no harm to the others.
    /// </summary>
    /// <param name="steps">The steps; each sequence once, its position the number of rows it has seen.</param>
    /// <param name="failed">One flag a step: true when a value in it became infinite or undefined (<c>numeric_overflow</c>).</param>
    void Forward(ReadOnlySpan<ShardStep> steps, Span<bool> failed);

    /// <summary>
    /// Logits of rows that the steps of the last pass wanted, numbered through all steps: <paramref name="rows"/> x
    /// <see cref="VocabularySize"/> floats, valid until the next call. They may hold infinite or undefined values.
    /// </summary>
    ReadOnlySpan<float> Logits(int firstRow, int rows);
}
