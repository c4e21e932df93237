namespace Tore.Mesh.Pipelines;

/// <summary>
/// A route through all layers of one model, with a slot reserved on every stage: in this process, or over the mesh.
/// One generation at a time; disposing frees the slots and the KV on every stage within one step.
/// </summary>
public interface ITokenPipeline : IAsyncDisposable
{
    /// <summary>The stages in layer order.</summary>
    IReadOnlyList<PipelineStage> Stages { get; }

    /// <summary>
    /// Streams the generated tokens in order. Ends after an end token or <see cref="PipelineRequest.MaxTokens"/>.
    /// Cancelling ends the work on every stage within one step. Throws <see cref="Primitives.ToreException"/>
    /// (<c>numeric_overflow</c>, <c>stage_lost</c>, ...).
    /// </summary>
    IAsyncEnumerable<GeneratedToken> GenerateAsync(PipelineRequest request, CancellationToken cancellationToken);
}
