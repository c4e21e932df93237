namespace Tore.Mesh.Pipelines.Text;

/// <summary>The request is valid and holds a slot on every stage; prefill begins.</summary>
/// <param name="Model">The model that answers.</param>
/// <param name="PromptIds">The prompt as tokens.</param>
/// <param name="Seed">The seed in force, given or chosen.</param>
/// <param name="MaxTokens">Most tokens that will be generated.</param>
/// <param name="Stages">The route, in layer order.</param>
public sealed record TextStarted(
    ModelListing Model, IReadOnlyList<int> PromptIds, ulong Seed, int MaxTokens, IReadOnlyList<PipelineStage> Stages) : TextEvent;
