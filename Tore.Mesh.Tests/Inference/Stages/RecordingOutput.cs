using Tore.Mesh.Inference.Stages;
using Tore.Mesh.Primitives;

namespace Tore.Mesh.Tests.Inference.Stages;

/// <summary>Writes down what a stage gives; a test may act on a token on the worker's own thread.</summary>
internal sealed class RecordingOutput : IStageOutput
{
    private readonly Lock _gate = new();
    private readonly List<(int Id, int Position, bool IsLast)> _tokens = [];

    /// <summary>Called on the worker's thread after each token was written down.</summary>
    public Action<StageSequence, int, int>? Next { get; set; }

    public TaskCompletionSource<bool> Ended { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public TaskCompletionSource<ToreException> Failed { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public List<(int Position, int Count)> Chunks { get; } = [];

    public List<(int Id, int Position, bool IsLast)> Tokens
    {
        get
        {
            lock (_gate)
            {
                return [.. _tokens];
            }
        }
    }

    public void OnActivations(StageSequence sequence, int position, int count, bool wantsToken, ReadOnlySpan<float> rows) =>
        Chunks.Add((position, count));

    public void OnChunkDone(StageSequence sequence, int position, int count) => Chunks.Add((position, count));

    public void OnToken(StageSequence sequence, in SampledToken token)
    {
        lock (_gate)
        {
            _tokens.Add((token.Id, token.Position, token.IsLast));
        }
        if (token.IsLast)
        {
            Ended.TrySetResult(true);
        }
        else
        {
            Next?.Invoke(sequence, token.Id, token.Position);
        }
    }

    public void OnFailed(StageSequence sequence, ToreException error) => Failed.TrySetResult(error);
}
