using Tore.Mesh.Primitives;

namespace Tore.Mesh.Inference.Stages;

/// <summary>
/// Where a stage's results go. Called on the worker's thread between two passes: an implementation copies what it needs, must not
/// block, and may call <see cref="StageWorker"/> (post the next step, close). After <see cref="StageWorker.Close"/> has completed no
/// call follows.
/// </summary>
public interface IStageOutput
{
    /// <summary>Rows for the next stage.</summary>
    /// <param name="sequence">Whose.</param>
    /// <param name="position">Position of the first row.</param>
    /// <param name="count">Number of rows.</param>
    /// <param name="wantsToken">Whether the last stage is to draw a token after the last of these rows: pass it on with them.</param>
    /// <param name="rows">count x width floats.</param>
    void OnActivations(StageSequence sequence, int position, int count, bool wantsToken, ReadOnlySpan<float> rows);

    /// <summary>The last stage is through with rows that no token was wanted of.</summary>
    void OnChunkDone(StageSequence sequence, int position, int count);

    /// <summary>The last stage has drawn a token.</summary>
    void OnToken(StageSequence sequence, in SampledToken token);

    /// <summary>The sequence ended with an error (<c>numeric_overflow</c>, ...); its slot is free.</summary>
    void OnFailed(StageSequence sequence, ToreException error);
}
