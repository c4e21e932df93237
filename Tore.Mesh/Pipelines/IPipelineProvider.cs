namespace Tore.Mesh.Pipelines;

/// <summary>The models that can be asked here, and pipelines through them. A node serves the mesh's; <c>tore run</c> its own.</summary>
public interface IPipelineProvider
{
    /// <summary>A snapshot of the models known here.</summary>
    IReadOnlyList<ModelListing> Models { get; }

    /// <summary>
    /// Finds a model by label, or by <c>sha256:</c> and at least 12 hex digits.
    /// Throws <c>model_not_found</c>, or <c>model_ambiguous</c> naming both digests.
    /// </summary>
    ModelListing Resolve(string modelId);

    /// <summary>
    /// The same, but waits for a model whose file is here and still being identified, at most 10 s (<c>model_not_ready</c>): a node is
    /// up as soon as it listens, and nobody who asks it then is told that it has no such model.
    /// </summary>
    ValueTask<ModelListing> ResolveAsync(string modelId, CancellationToken cancellationToken) => ValueTask.FromResult(Resolve(modelId));

    /// <summary>
    /// Takes a slot on every stage of a route. Waits at most 10 s for missing layers (<c>model_not_ready</c>, naming them) and
    /// 60 s for slots; when 64 requests wait already, or the wait ends, <c>busy</c>; while shutting down, <c>draining</c>.
    /// </summary>
    /// <param name="model">From <see cref="Resolve"/>.</param>
    /// <param name="positions">Prompt and generated tokens together, at most the context.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<ITokenPipeline> AcquireAsync(ModelListing model, int positions, CancellationToken cancellationToken);
}
